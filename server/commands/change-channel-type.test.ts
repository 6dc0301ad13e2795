import { afterAll, beforeAll, expect, test } from 'vitest'
import { channelSchema, type Channel } from '../../shared/api/channels.ts'
import { searchMessagesResponseSchema } from '../../shared/api/search.ts'
import { formatConversationName, formatUserDocumentName } from '../../shared/document/names.ts'
import {
  answer,
  channelPlace,
  notificationsOf,
  say,
  type Place,
} from '../testing/notified-people.ts'
import { openPlainClient } from '../testing/plain-client.ts'
import { problemOf } from '../testing/problem-code.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { connect } from '../testing/sync-client.ts'
import { uploadFile } from '../testing/upload.ts'
import { withinASecond } from '../testing/within-a-second.ts'

let server: TestServer
/** Owns the workspace. */
let ada: TestPerson
/** Owns the channel. */
let ben: TestPerson
/** Is in the channel. */
let cleo: TestPerson
/** Reads along while the channel is public. */
let dora: TestPerson
let channels = 0

beforeAll(async () => {
  server = await startTestServer()
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
  cleo = await server.signUp('Cleo')
  dora = await server.signUp('Dora')
})
afterAll(() => server.close())

async function makeChannel(type: Channel['type']): Promise<Channel & { place: Place }> {
  channels += 1
  const channel = await server.createChannel(ben, { name: 'Room', slug: `room-${channels}`, type })
  await ben.request('POST', `/api/channels/${channel.id}/members`, { userId: cleo.userId })
  return { ...channel, place: channelPlace(channel.id) }
}

const setType = (by: TestPerson, { id }: Channel, type: Channel['type']): Promise<Response> =>
  by.request('PATCH', `/api/channels/${id}`, { type })

async function find(person: TestPerson, word: string): Promise<number> {
  const found = await answer(person, 'GET', `/api/messages/search?q=${word}`)
  return searchMessagesResponseSchema.parse(found).total
}

test('P7 who is not in a channel that becomes private loses it at once, and members nothing', async () => {
  const channel = await makeChannel('PUBLIC')
  const { place } = channel
  const name = formatConversationName(place.conversation)
  const clients = [connect(server, dora), connect(server, cleo)]
  const [outside, inside] = clients.map((client) => client.open(name))
  const plain = openPlainClient(server, name, dora)
  await Promise.all([outside?.synced, inside?.synced, plain.synced])

  const closed = withinASecond(Promise.all([outside?.refused, plain.closed]))
  const changed = await setType(ben, channel, 'PRIVATE')
  expect(channelSchema.parse(await changed.json())).toMatchObject({
    type: 'PRIVATE',
    myRole: 'OWNER',
  })
  expect(await closed).toEqual([
    { code: 'access_ended' },
    { code: 4403, refusal: { code: 'access_ended' } },
  ])
  plain.provider.destroy()
  const { id } = await say(ben, place, 'Only among us')
  await expect.poll(() => inside?.document.getMap('messages').has(id)).toBe(true)
  for (const client of clients) client.close()
})

test('P7 what was said in a channel that becomes private is found, read and notified outside no more', async () => {
  const channel = await makeChannel('PUBLIC')
  const { place } = channel
  const file = await uploadFile(ben, 'the words of a file')
  const fileIds = [file.id]
  await answer(ben, 'POST', `${place.path}/messages`, { content: 'A file', type: 'FILE', fileIds })
  const message = await say(ben, place, `<@${dora.userId}> the zeppelin lands`)
  const [content, messages] = [`/api/files/${file.id}/content`, `${place.path}/messages`]
  const knows = async (person: TestPerson): Promise<unknown> => ({
    found: await find(person, 'zeppelin'),
    statuses: await Promise.all(
      [place.path, messages, `${messages}/${message.id}`, content, `/api/files/${file.id}`].map(
        async (path) => (await person.request('GET', path)).status,
      ),
    ),
  })
  const all = { found: 1, statuses: [200, 200, 200, 200, 200] }
  const nothing = { found: 0, statuses: [404, 404, 404, 404, 404] }
  expect([await knows(dora), await knows(ada), await knows(cleo)]).toEqual([all, all, all])
  expect(await notificationsOf(dora)).toMatchObject({ unreadCount: 1 })

  await setType(ben, channel, 'PRIVATE')
  expect([await knows(dora), await knows(ada), await knows(cleo)]).toEqual([nothing, nothing, all])
  expect(await notificationsOf(dora)).toMatchObject({ unreadCount: 0, notifications: [] })

  await setType(ben, channel, 'PUBLIC')
  expect([await knows(dora), await knows(ada), await knows(cleo)]).toEqual([all, all, all])
  expect(await notificationsOf(dora)).toMatchObject({ unreadCount: 1 })
})

test('members keep what they have read, and whoever joins a channel that was private starts as in any', async () => {
  const channel = await makeChannel('PUBLIC')
  const { place } = channel
  const message = await say(ben, place, 'One')
  await say(ben, place, 'Two')
  await answer(cleo, 'POST', `${place.path}/read`, { messageId: message.id })
  const reading = { lastReadMessageId: message.id, unreadCount: 1 }
  for (const type of ['PRIVATE', 'PUBLIC'] as const) {
    await setType(ben, channel, type)
    expect(await answer(cleo, 'GET', place.path)).toMatchObject({ type, ...reading })
  }
  await answer(dora, 'POST', `${place.path}/members`, { userId: dora.userId })
  expect(await answer(dora, 'GET', place.path)).toMatchObject({ unreadCount: 0, myRole: 'MEMBER' })
})

test('browsers of everybody hear that a channel was hidden or shown, and of a hidden one nothing more', async () => {
  const channel = await makeChannel('PUBLIC')
  const client = connect(server, dora)
  const own = client.open(formatUserDocumentName(dora.userId))
  await own.synced
  const events = (): unknown[] =>
    own.messages.flatMap((each) => (each.type === 'event' ? [each.event] : []))
  const list = { topic: 'channels' }
  await setType(ben, channel, 'PRIVATE')
  await expect.poll(events).toContainEqual(list)
  const before = events().length
  await ben.request('PATCH', channel.place.path, { name: 'Secret' })
  await setType(ben, channel, 'PUBLIC')
  await expect.poll(() => events().slice(before)).toContainEqual(list)
  const heard = events().slice(before)
  const ofIt = heard.filter((event) => JSON.stringify(event).includes(channel.id))
  expect(ofIt).toEqual([{ topic: 'channel', channelId: channel.id }])
  client.close()
})

test('its owners and admins hide a channel that they are in, its owners show it, and both is noted', async () => {
  const channel = await makeChannel('PUBLIC')
  const { id, place } = channel
  expect(await problemOf(await setType(ada, channel, 'PRIVATE'))).toBe('403 forbidden')
  expect(await problemOf(await setType(cleo, channel, 'PRIVATE'))).toBe('403 forbidden')
  await answer(ben, 'PATCH', `${place.path}/members/${cleo.userId}`, { role: 'ADMIN' })
  expect((await setType(cleo, channel, 'PRIVATE')).status).toBe(200)
  expect((await setType(cleo, channel, 'PRIVATE')).status).toBe(200)
  expect(await problemOf(await setType(ada, channel, 'PUBLIC'))).toBe('404 not_found')
  expect(await problemOf(await setType(cleo, channel, 'PUBLIC'))).toBe('403 forbidden')
  // One no, and nothing of the rest happens.
  const both = { type: 'PUBLIC', name: 'Shown' }
  expect(await problemOf(await cleo.request('PATCH', place.path, both))).toBe('403 forbidden')
  expect(await answer(cleo, 'GET', place.path)).toMatchObject({ type: 'PRIVATE', name: 'Room' })
  expect((await setType(ben, channel, 'PUBLIC')).status).toBe(200)
  const noted = server.sqlite
    .prepare(
      `SELECT actor_id AS actorId, details FROM audit_logs
       WHERE action = 'channel.type_changed' AND entity_id = ? ORDER BY rowid`,
    )
    .all(id)
  expect(noted).toEqual([
    { actorId: cleo.userId, details: '{"from":"PUBLIC","to":"PRIVATE"}' },
    { actorId: ben.userId, details: '{"from":"PRIVATE","to":"PUBLIC"}' },
  ])
})
