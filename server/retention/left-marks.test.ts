import { beforeEach, expect, test } from 'vitest'
import type { Channel } from '../../shared/api/channels.ts'
import { messageSchema, type Message } from '../../shared/api/messages.ts'
import { rootMap } from '../../shared/document/layout.ts'
import { formatConversationName } from '../../shared/document/names.ts'
import { formatReactionKey } from '../../shared/records/reaction.ts'
import { runAdmin } from '../admin/admin-command.ts'
import { runCommand } from '../testing/command-runner.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { connect, until, type SyncClient } from '../testing/sync-client.ts'

const DAY_MS = 24 * 3_600_000

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let channel: Channel
let time: number
let client: SyncClient

beforeEach(async () => {
  time = Date.now()
  server = await startTestServer({ limits: { retentionSweepMs: 20 }, now: () => time })
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
  channel = await server.createChannel(ada, { name: 'C', slug: 'kept' })
  await ben.request('POST', `/api/channels/${channel.id}/members`, { userId: ben.userId })
  client = connect(server, ben)
  return async () => {
    client.close()
    await server.close()
  }
})

async function post(content: string): Promise<Message> {
  const response = await ada.request('POST', `/api/channels/${channel.id}/messages`, { content })
  return messageSchema.parse(await response.json())
}

const open = () => client.open(formatConversationName({ kind: 'channel', id: channel.id }))

const count = (table: string): number =>
  server.sqlite.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? NaN

const markCount = (): number => count('message_reactions') + count('message_pins')

const verify = async (): Promise<number> =>
  (await runCommand(runAdmin, ['verify'], server.folder)).code

test('P12.1 reactions and pins that come to a removed message afterwards are removed as well', async () => {
  const { id: messageId } = await post('old words')
  time += 2 * DAY_MS
  await ada.request('PATCH', `/api/channels/${channel.id}`, { retentionDays: 1 })
  await expect.poll(() => count('messages WHERE deleted_at IS NOT NULL')).toBe(1)
  const late = open()
  await late.synced
  const [reactions, pins] = [rootMap(late.document, 'reactions'), rootMap(late.document, 'pins')]
  const seen: number[] = []
  reactions.observe(() => seen.push(reactions.size))
  reactions.set(formatReactionKey({ messageId, userId: ben.userId, emoji: '👍' }), time)
  pins.set(messageId, { userId: ben.userId, pinnedAt: time })
  await late.durable()
  await until(late.document, () => reactions.size === 0 && pins.size === 0)
  expect(seen).toEqual([1, 0])
  await expect.poll(markCount).toBe(0)
  await expect.poll(() => count('left_marks')).toBe(0)
  expect(await verify()).toBe(0)
})

test('P12.1 what was put to a message before its author deleted it goes, too', async () => {
  const { id: messageId } = await post('regretted')
  const { id: kept } = await post('stays')
  for (const id of [messageId, kept]) {
    const path = `/api/channels/${channel.id}/messages/${id}`
    await ben.request('POST', `${path}/reactions`, { emoji: '👍' })
    await ben.request('PUT', `${path}/pin`)
  }
  expect(markCount()).toBe(4)
  await ada.request('DELETE', `/api/channels/${channel.id}/messages/${messageId}`)
  await expect.poll(markCount).toBe(2)
  const fresh = open()
  await fresh.synced
  await until(fresh.document, () => rootMap(fresh.document, 'pins').size === 1)
  expect([...rootMap(fresh.document, 'pins').keys()]).toEqual([kept])
  expect(await verify()).toBe(0)
})
