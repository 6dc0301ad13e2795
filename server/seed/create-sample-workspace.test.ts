import { afterEach, expect, test } from 'vitest'
import { listChannelsResponseSchema } from '../../shared/api/channels.ts'
import { listDmsResponseSchema } from '../../shared/api/dms.ts'
import { listMessagesResponseSchema } from '../../shared/api/messages.ts'
import { problemSchema } from '../../shared/api/problem.ts'
import { createSampleResponseSchema } from '../../shared/api/workspace.ts'
import { startTestServer, type TestServer } from '../testing/running-server.ts'

let server: TestServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

test('the owner of an empty workspace fills it with people, channels and history', async () => {
  server = await startTestServer()
  const owner = await server.signUp('Ada')
  const made = createSampleResponseSchema.parse(
    await (await owner.request('POST', '/api/workspace/sample')).json(),
  )
  expect(made.channels).toBeGreaterThan(2)
  const { channels } = listChannelsResponseSchema.parse(
    await (await owner.request('GET', '/api/channels')).json(),
  )
  expect(channels).toHaveLength(made.channels)
  expect(channels.every(({ myRole }) => myRole !== null)).toBe(true)
  let count = 0
  let edits = 0
  let reactions = 0
  for (const { id } of channels) {
    const page = listMessagesResponseSchema.parse(
      await (await owner.request('GET', `/api/channels/${id}/messages`)).json(),
    )
    count += page.messages.length
    edits += page.messages.filter(({ editedAt }) => editedAt !== null).length
    reactions += page.messages.filter((message) => message.reactions.length > 0).length
  }
  expect(edits).toBeGreaterThan(0)
  expect(reactions).toBeGreaterThan(0)
  const { dms } = listDmsResponseSchema.parse(await (await owner.request('GET', '/api/dm')).json())
  expect(dms).toHaveLength(1)
  expect(count).toBeGreaterThan(20)
})

test('nobody but the owner makes a sample, and only in a workspace without channels', async () => {
  server = await startTestServer()
  const owner = await server.signUp('Ada')
  const member = await server.signUp('Ben')
  const codeFor = async (person: typeof owner): Promise<string> =>
    problemSchema.parse(await (await person.request('POST', '/api/workspace/sample')).json()).code
  expect(await codeFor(member)).toBe('forbidden')
  await owner.request('POST', '/api/channels', { name: 'Own', slug: 'own' })
  expect(await codeFor(owner)).toBe('conflict')
})
