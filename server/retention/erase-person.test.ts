import { beforeEach, expect, test } from 'vitest'
import type { Channel } from '../../shared/api/channels.ts'
import { dmSchema } from '../../shared/api/dms.ts'
import { messageSchema, type Message } from '../../shared/api/messages.ts'
import { formatConversationName } from '../../shared/document/names.ts'
import { runAdmin } from '../admin/admin-command.ts'
import { filesWith } from '../testing/bytes-in-store.ts'
import { runCommand } from '../testing/command-runner.ts'
import { problemOf } from '../testing/problem-code.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { connect } from '../testing/sync-client.ts'
import { uploadFile } from '../testing/upload.ts'
import { withinASecond } from '../testing/within-a-second.ts'

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let channel: Channel

beforeEach(async () => {
  server = await startTestServer({
    limits: { retentionSweepMs: 50 },
    files: { sweepIntervalMs: 20 },
  })
  ada = await server.signUp('Ada')
  ben = await server.signUp('Bartholomew')
  channel = await server.createChannel(ada, { name: 'C', slug: 'common' })
  await ben.request('POST', `/api/channels/${channel.id}/members`, { userId: ben.userId })
  return () => server.close()
})

async function post(person: TestPerson, path: string, body: object): Promise<Message> {
  const response = await person.request('POST', path, body)
  expect(response.status).toBe(201)
  return messageSchema.parse(await response.json())
}

const erase = (by: TestPerson, confirm: string): Promise<Response> =>
  by.request('POST', `/api/users/${ben.userId}/erase`, { confirm })

const column = (statement: string): unknown[] => server.sqlite.prepare(statement).pluck().all()

test('P12.5 of an erased person nothing is left that they wrote, and nothing that tells who they were', async () => {
  const messages = `/api/channels/${channel.id}/messages`
  const file = await uploadFile(ben, 'pomegranate in a file', { name: 'gooseberry.txt' })
  await uploadFile(ben, 'elderberry, sent nowhere')
  const own = await post(ben, messages, { content: 'kumquat', fileIds: [file.id] })
  await ben.request('PATCH', `${messages}/${own.id}`, { content: 'zebrafinch' })
  const about = await post(ada, messages, { content: `ask <@${ben.userId}> about nectarines` })
  await ben.request('POST', `${messages}/${about.id}/reactions`, { emoji: '👍' })
  await ben.request('PUT', `${messages}/${about.id}/pin`)
  const started = await ben.request('POST', '/api/dm', { participantIds: [ada.userId] })
  const dm = dmSchema.parse(await started.json())
  await post(ben, `/api/dm/${dm.id}/messages`, { content: 'persimmon' })
  await ben.request('PATCH', `/api/users/${ben.userId}`, { bio: 'I like mangosteen' })
  const made = await ben.request('POST', '/api/tokens', { name: 'rambutan' })
  expect(made.status).toBe(201)
  const live = connect(server, ben).open(
    formatConversationName({ kind: 'channel', id: channel.id }),
  )
  await live.synced

  expect((await erase(ada, ben.email)).status).toBe(202)
  expect(await withinASecond(live.refused)).toMatchObject({ code: 'session_ended' })
  expect((await ben.request('GET', '/api/users/me')).status).toBe(401)

  const words = ['kumquat', 'zebrafinch', 'persimmon', 'pomegranate', 'gooseberry', 'elderberry']
  const identity = [ben.email, 'Bartholomew', 'mangosteen', 'rambutan']
  for (const word of [...words, ...identity]) {
    await expect.poll(() => [word, ...filesWith(server.folder, word)]).toEqual([word])
  }
  const profile = await (await ada.request('GET', `/api/users/${ben.userId}`)).json()
  expect(profile).toMatchObject({ name: 'Unknown', bio: null, isActive: false, lastSeenAt: null })
  expect(column('SELECT content FROM messages WHERE deleted_at IS NULL')).toEqual([
    `ask <@${ben.userId}> about nectarines`,
  ])
  for (const table of ['message_reactions', 'message_pins', 'file_uploads']) {
    expect([table, ...column(`SELECT count(*) FROM ${table}`)]).toEqual([table, 0])
  }
  const deeds = server.sqlite
    .prepare("SELECT actor_id, entity_id, details FROM audit_logs WHERE action = 'person.erased'")
    .raw()
    .all()
  expect(deeds).toEqual([[ada.userId, ben.userId, '{}']])
  const traces = server.sqlite
    .prepare('SELECT count(*) FROM audit_logs WHERE actor_id = ? AND ip_address IS NOT NULL')
    .pluck()
  expect([traces.get(ben.userId), traces.get(ada.userId)]).toEqual([0, expect.any(Number)])
  expect((await runCommand(runAdmin, ['verify'], server.folder)).code).toBe(0)

  expect(await problemOf(await ada.request('POST', `/api/users/${ben.userId}/reactivate`))).toBe(
    '404 not_found',
  )
  expect(await problemOf(await ada.request('POST', `/api/users/${ben.userId}/claim-link`))).toBe(
    '404 not_found',
  )
  expect(() =>
    server.sqlite.exec(
      "UPDATE audit_logs SET details = '{}', ip_address = NULL, user_agent = NULL WHERE actor_id <> entity_id",
    ),
  ).toThrow('append-only')
})

test('P12.5 an erasure names whom it erases, is for owners alone, and cannot be of oneself', async () => {
  expect(await problemOf(await erase(ada, ada.email))).toBe('400 invalid_request')
  expect(await problemOf(await erase(ben, ben.email))).toBe('403 forbidden')
  const self = { confirm: ada.email }
  const response = await ada.request('POST', `/api/users/${ada.userId}/erase`, self)
  expect(await problemOf(response)).toBe('409 conflict')
  expect(column('SELECT count(*) FROM users WHERE erased_at IS NOT NULL')).toEqual([0])
})

test('P12.3 an erasure that the end of the server interrupts is taken up by the next start', async () => {
  for (let number = 0; number < 10; number += 1) {
    await post(ben, `/api/channels/${channel.id}/messages`, { content: `kumquat ${number}` })
  }
  expect((await erase(ada, ben.email)).status).toBe(202)
  await server.restart()
  await expect
    .poll(() => column('SELECT erasure_completed_at FROM users WHERE erased_at > 0'))
    .not.toEqual([null])
  await expect.poll(() => filesWith(server.folder, 'kumquat')).toEqual([])
})

test('P12.5 what somebody has under way as they are erased is refused, or removed as well', async () => {
  const path = `/api/channels/${channel.id}/messages`
  const send = (number: number): Promise<Response> =>
    ben.request('POST', path, { content: `tamarillo ${number}` })
  // Refused while the posts are waited for, where they come late.
  const files = Promise.allSettled(
    ['one', 'two', 'three'].map((each) => uploadFile(ben, `tamarillo in ${each}`)),
  )
  const posts = Array.from({ length: 60 }, (_, number) => send(number))
  await posts[0]
  const [erased] = await Promise.all([erase(ada, ben.email), ...posts])
  expect(erased.status).toBe(202)
  await files
  await Promise.all(Array.from({ length: 5 }, (_, number) => send(number)))
  await expect
    .poll(() => column('SELECT count(*) FROM users WHERE erasure_completed_at > 0'))
    .toEqual([1])
  await expect.poll(() => filesWith(server.folder, 'tamarillo')).toEqual([])
  expect(column('SELECT count(*) FROM messages WHERE deleted_at IS NULL')).toEqual([0])
  await expect.poll(() => column('SELECT count(*) FROM file_uploads')).toEqual([0])
})
