import { cpSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Channel } from '../../../shared/api/channels.ts'
import { listMessagesResponseSchema } from '../../../shared/api/messages.ts'
import { rootMap } from '../../../shared/document/layout.ts'
import { formatConversationName } from '../../../shared/document/names.ts'
import { createIdSequence, message } from '../../../shared/testing/updates.ts'
import { answer } from '../../testing/notified-people.ts'
import { openPlainClient, type PlainClient } from '../../testing/plain-client.ts'
import { startTestServer, type TestPerson, type TestServer } from '../../testing/running-server.ts'
import { until } from '../../testing/sync-client.ts'

const DAY_MS = 86_400_000

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let channel: Channel
let clients: PlainClient[]
const nextId = createIdSequence()

beforeEach(async () => {
  server = await startTestServer({ limits: { retentionSweepMs: 20 } })
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
  channel = await server.createChannel(ada, { name: 'C', slug: 'common' })
  await answer(ada, 'POST', `/api/channels/${channel.id}/members`, { userId: ben.userId })
  clients = []
  return async () => {
    for (const { provider } of clients) provider.destroy()
    await server.close()
  }
})

/** Opens the channel, with a copy of it from before or without. */
function open(person: TestPerson, document = new Y.Doc()): PlainClient {
  const name = formatConversationName({ kind: 'channel', id: channel.id })
  const client = openPlainClient(server, name, person, { document })
  clients.push(client)
  return client
}

function write(document: Y.Doc, author: TestPerson, content: string, daysAgo = 0): string {
  const id = nextId()
  const createdAt = Date.now() - daysAgo * DAY_MS
  rootMap(document, 'messages').set(id, message(author.userId, { content, createdAt }))
  return id
}

const said = (document: Y.Doc): string =>
  JSON.stringify([...rootMap(document, 'messages').values()])

async function saidOverRest(): Promise<string[]> {
  const body = await answer(ada, 'GET', `/api/channels/${channel.id}/messages`)
  return listMessagesResponseSchema.parse(body).messages.map(({ content }) => content)
}

/** Ben goes offline with a copy in which there is what retention then removes. */
async function removeMeanwhile(): Promise<{ copy: Y.Doc; id: string }> {
  const device = open(ben)
  await device.synced
  const id = write(device.document, ben, 'an old secret', 3)
  write(device.document, ben, 'new')
  await expect.poll(saidOverRest).toHaveLength(2)
  device.provider.disconnect()
  await answer(ada, 'PATCH', `/api/channels/${channel.id}`, { retentionDays: 1 })
  await expect.poll(saidOverRest).not.toContain('an old secret')
  return { copy: device.document, id }
}

test('P12.4 what was removed is gone from a copy that comes back, and is not brought back', async () => {
  const { copy } = await removeMeanwhile()
  expect(said(copy)).toContain('an old secret')
  write(copy, ben, 'written meanwhile')
  const back = open(ben, copy)
  await back.synced
  expect(said(copy)).not.toContain('an old secret')
  await expect.poll(saidOverRest).toEqual(expect.arrayContaining(['new', 'written meanwhile']))
  expect(await saidOverRest()).not.toContain('an old secret')
  expect(back.provider.wsconnected).toBe(true)
  const other = open(ada)
  await other.synced
  expect(said(other.document)).not.toContain('an old secret')
})

test('P12.4 an edit of what was removed is refused with its reason', async () => {
  const { copy, id } = await removeMeanwhile()
  const standing = rootMap(copy, 'messages').get(id)
  rootMap(copy, 'messages').set(id, { ...Object(standing), content: 'said again', version: 2 })
  const back = open(ben, copy)
  expect(await back.closed).toMatchObject({ code: 4400, refusal: { code: 'already_deleted' } })
  expect(back.provider.shouldConnect).toBe(false)
  expect(await saidOverRest()).not.toContain('said again')
})

test('P2 a copy with what a restored server no longer has is refused; a fresh one is served', async () => {
  const [one, other] = [open(ada), open(ben)]
  await Promise.all([one.synced, other.synced])
  write(one.document, ada, 'before the backup')
  await until(other.document, () => said(other.document).includes('before the backup'))
  other.provider.disconnect()
  one.provider.disconnect()
  const backup = `${server.databasePath}.kept`
  await server.restart(() => Promise.resolve(cpSync(server.databasePath, backup)))

  const later = open(ada, one.document)
  const copy = open(ben, other.document)
  await Promise.all([later.synced, copy.synced])
  write(later.document, ada, 'after the backup')
  await until(copy.document, () => said(copy.document).includes('after the backup'))
  for (const { provider } of [later, copy]) provider.disconnect()
  await server.restart(() => Promise.resolve(cpSync(backup, server.databasePath)))

  const stale = open(ben, copy.document)
  expect(await stale.closed).toMatchObject({ code: 4400, refusal: { code: 'client_taken' } })
  expect(await saidOverRest()).toEqual(['before the backup'])
  const fresh = open(ben)
  await fresh.synced
  write(fresh.document, ben, 'goes on')
  await expect.poll(saidOverRest).toContain('goes on')
})
