import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import type { Channel } from '../../shared/api/channels.ts'
import { messageSchema, type Message } from '../../shared/api/messages.ts'
import { dmSchema } from '../../shared/api/dms.ts'
import { runAdmin } from '../admin/admin-command.ts'
import { filesWith } from '../testing/bytes-in-store.ts'
import { runCommand } from '../testing/command-runner.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { uploadFile } from '../testing/upload.ts'

const DAY_MS = 24 * 3_600_000

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let channel: Channel
let time: number

beforeEach(async () => {
  time = Date.now()
  server = await startTestServer({
    limits: { retentionSweepMs: 20, segments: { maxMessages: 5, maxClients: 300 } },
    files: { sweepIntervalMs: 20 },
    now: () => time,
  })
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
  channel = await server.createChannel(ada, { name: 'C', slug: 'kept' })
  await ben.request('POST', `/api/channels/${channel.id}/members`, { userId: ben.userId })
  return () => server.close()
})

const messages = (): string => `/api/channels/${channel.id}/messages`

async function post(person: TestPerson, path: string, body: object): Promise<Message> {
  const response = await person.request('POST', path, body)
  expect(response.status).toBe(201)
  return messageSchema.parse(await response.json())
}

const liveCount = (): number =>
  server.sqlite
    .prepare<[], number>(
      `SELECT (SELECT count(*) FROM messages WHERE deleted_at IS NULL)
         + (SELECT count(*) FROM direct_messages WHERE deleted_at IS NULL)`,
    )
    .pluck()
    .get() ?? NaN

const count = (table: string): number =>
  server.sqlite.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? NaN

const keep = (settings: object): Promise<Response> =>
  ada.request('PATCH', '/api/workspace/settings', settings)

const verify = async (): Promise<number> =>
  (await runCommand(runAdmin, ['verify'], server.folder)).code

test('P12.1 what is older than its channel keeps it leaves documents, tables, index, files and backups', async () => {
  const file = await uploadFile(ada, 'pomegranate in a file', { name: 'gooseberry.txt' })
  const old = await post(ada, messages(), { content: 'quixotry and more', fileIds: [file.id] })
  const one = `${messages()}/${old.id}`
  await ada.request('PATCH', one, { content: `zebrafinch for <@${ben.userId}>` })
  await ben.request('POST', `${one}/reactions`, { emoji: '👍' })
  await ben.request('PUT', `${one}/pin`)
  for (let number = 0; number < 7; number += 1) {
    await post(ben, messages(), { content: `kumquat ${number}`, parentId: old.id })
  }
  const words = ['quixotry', 'zebrafinch', 'kumquat', 'pomegranate', 'gooseberry']
  for (const word of words)
    expect([word, filesWith(server.folder, word).length]).not.toEqual([word, 0])
  expect([count('notifications'), count('mentions'), count('message_pins')]).not.toContain(0)

  time += 40 * DAY_MS
  await post(ada, messages(), { content: 'nectarine stays' })
  await ada.request('PATCH', `/api/channels/${channel.id}`, { retentionDays: 30 })

  for (const word of words) {
    await expect.poll(() => [word, ...filesWith(server.folder, word)]).toEqual([word])
  }
  expect(liveCount()).toBe(1)
  const leftovers = ['message_revisions', 'message_reactions', 'message_pins', 'mentions']
  for (const table of [...leftovers, 'notifications', 'file_uploads']) {
    await expect.poll(() => [table, count(table)]).toEqual([table, 0])
  }
  const search = async (word: string): Promise<unknown> =>
    (await ada.request('GET', `/api/messages/search?q=${word}`)).json()
  expect(await search('zebrafinch')).toMatchObject({ total: 0 })
  expect(await search('nectarine')).toMatchObject({ total: 1 })
  expect(await verify()).toBe(0)

  const backup = join(server.folder, 'after.zip')
  expect((await runCommand(runAdmin, ['backup', backup], server.folder)).code).toBe(0)
  await server.restart(async () => {
    expect((await runCommand(runAdmin, ['restore', backup, '--force'], server.folder)).code).toBe(0)
    expect((await runCommand(runAdmin, ['rebuild'], server.folder)).code).toBe(0)
  })
  for (const word of words) expect(filesWith(server.folder, word)).toEqual([])
  expect(liveCount()).toBe(1)
  expect(await verify()).toBe(0)
})

test('P12.2 a channel overrules the workspace, DMs have a limit of their own, and by default all is kept', async () => {
  const forEver = await server.createChannel(ada, { name: 'E', slug: 'for-ever' })
  await ada.request('PATCH', `/api/channels/${forEver.id}`, { retentionDays: 0 })
  const short = await server.createChannel(ada, { name: 'S', slug: 'short' })
  await ada.request('PATCH', `/api/channels/${short.id}`, { retentionDays: 5 })
  const started = await ada.request('POST', '/api/dm', { participantIds: [ben.userId] })
  const dm = dmSchema.parse(await started.json())
  const places = [channel, forEver, short].map(({ id }) => `/api/channels/${id}/messages`)
  for (const place of [...places, `/api/dm/${dm.id}/messages`]) {
    await post(ada, place, { content: 'words' })
  }
  const live = (): string[] =>
    server.sqlite
      .prepare<[], string>(
        `SELECT channel_id FROM messages WHERE deleted_at IS NULL
         UNION ALL SELECT thread_id FROM direct_messages WHERE deleted_at IS NULL`,
      )
      .pluck()
      .all()
      .toSorted()
  const ids = (...kept: { id: string }[]): string[] => kept.map(({ id }) => id).toSorted()

  time += 10 * DAY_MS
  await expect.poll(live).toEqual(ids(channel, forEver, dm))
  await keep({ retentionDays: 9 })
  await expect.poll(live).toEqual(ids(forEver, dm))
  await keep({ dmRetentionDays: 11 })
  time += 2 * DAY_MS
  await expect.poll(live).toEqual(ids(forEver))
  const shown = await (await ben.request('GET', `/api/channels/${channel.id}`)).json()
  expect(shown).toMatchObject({ retentionDays: null, messagesKeptDays: 9 })
  const kept = await (await ben.request('GET', `/api/channels/${forEver.id}`)).json()
  expect(kept).toMatchObject({ retentionDays: 0, messagesKeptDays: null })
})

test('P12.3 a sweep that the end of the server interrupts is taken up by the next one', async () => {
  for (let number = 0; number < 30; number += 1) {
    await post(ada, messages(), { content: `kumquat ${number}` })
  }
  time += 2 * DAY_MS
  await keep({ retentionDays: 1 })
  await expect.poll(liveCount).toBeLessThan(30)
  await server.restart()
  await expect.poll(liveCount).toBe(0)
  await expect.poll(() => filesWith(server.folder, 'kumquat')).toEqual([])
  expect(await verify()).toBe(0)
})
