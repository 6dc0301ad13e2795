import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Channel } from '../../shared/api/channels.ts'
import { dmSchema } from '../../shared/api/dms.ts'
import { problemSchema } from '../../shared/api/problem.ts'
import { formatConversationName } from '../../shared/document/names.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { connect } from '../testing/sync-client.ts'

/** More than anybody may say at once. */
const TOO_OFTEN = 40

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let channel: Channel
let path: string
let aheadMs = 0

beforeAll(async () => {
  server = await startTestServer({ now: () => Date.now() + aheadMs })
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
  channel = await server.createChannel(ada, { name: 'General', slug: 'general' })
  path = `/api/channels/${channel.id}/typing`
})
afterAll(() => server.close())

test('who types says so by REST, and those who have the conversation open see it', async () => {
  const client = connect(server, ben)
  const open = client.open(formatConversationName({ kind: 'channel', id: channel.id }))
  await open.synced
  const shown = () => open.messages.findLast((each) => each.type === 'typing')?.userIds
  expect((await ada.request('POST', path, {})).status).toBe(204)
  await expect.poll(shown).toEqual([ada.userId])
  expect((await ada.request('POST', path, { isTyping: false })).status).toBe(204)
  await expect.poll(shown).toEqual([])
  expect((await ada.request('POST', path, {})).status).toBe(204)
  await expect.poll(shown).toEqual([ada.userId])
  client.close()
})

test('who types in a DM by REST is seen by the other one, and by nobody who is not in it', async () => {
  const started = await ada.request('POST', '/api/dm', { participantIds: [ben.userId] })
  const { id } = dmSchema.parse(await started.json())
  const client = connect(server, ben)
  const open = client.open(formatConversationName({ kind: 'dm', id }))
  await open.synced
  expect((await ada.request('POST', `/api/dm/${id}/typing`, {})).status).toBe(204)
  const shown = () => open.messages.findLast((each) => each.type === 'typing')?.userIds
  await expect.poll(shown).toEqual([ada.userId])
  const cleo = await server.signUp('Cleo')
  expect((await cleo.request('POST', `/api/dm/${id}/typing`, {})).status).toBe(404)
  client.close()
})

test('who types in what nobody has open is not told no', async () => {
  const quiet = await server.createChannel(ada, { name: 'Quiet', slug: 'quiet' })
  expect((await ada.request('POST', `/api/channels/${quiet.id}/typing`, {})).status).toBe(204)
})

test('P2.9 who may not post does not type', async () => {
  const response = await ben.request('POST', path, {})
  expect(problemSchema.parse(await response.json()).code).toBe('not_member')
})

test('who says so too often is told when to come back', async () => {
  const answers = await Promise.all(
    Array.from({ length: TOO_OFTEN }, () => ada.request('POST', path, {})),
  )
  const refused = answers.filter(({ status }) => status === 429)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused[0]?.headers.get('retry-after')).toBe('1')
  aheadMs += 60_000
  expect((await ada.request('POST', path, {})).status).toBe(204)
})
