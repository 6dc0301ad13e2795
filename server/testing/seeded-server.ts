/** A server with a little of everything in its store, written as people write it; for tests. */
import { categorySchema } from '../../shared/api/channel-categories.ts'
import { vi } from 'vitest'
import { createId, type ChannelId, type MessageId } from '../../shared/ids.ts'
import { rootMap } from '../../shared/document/layout.ts'
import type { MessageRecord } from '../../shared/records/message.ts'
import { answer, channelPlace, say, startDm, wish, type Place } from './notified-people.ts'
import {
  startTestServer,
  type TestPerson,
  type TestServer,
  type TestServerOptions,
} from './running-server.ts'
import { connect } from './sync-client.ts'
import { drawPicture, uploadFile } from './upload.ts'

export interface SeededServer {
  server: TestServer
  ada: TestPerson
  ben: TestPerson
  cleo: TestPerson
}

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/** Ada owns the workspace; it begins a hundred days ago and goes on a moment ago. */
export async function startSeededServer(
  options: Omit<TestServerOptions, 'now'> = {},
): Promise<SeededServer> {
  const startedAt = Date.now()
  let now = (): number => startedAt - 100 * DAY_MS
  const server = await startTestServer({ ...options, now: () => now() })
  const [ada, ben, cleo] = [
    await server.signUp('Ada'),
    await server.signUp('Ben'),
    await server.signUp('Cleo'),
  ]
  await answer(ada, 'POST', '/api/tokens', { name: 'night watch', expiresAt: startedAt + DAY_MS })
  const attic = await server.createChannel(ada, { name: 'Attic', slug: 'attic' })
  await say(ada, channelPlace(attic.id), 'The old lamp is up here')
  now = Date.now

  const general = await server.createChannel(ada, {
    ...{ name: 'General', slug: 'general', description: 'For everybody' },
  })
  const plans = await server.createChannel(ada, { name: 'Plans', slug: 'plans', type: 'PRIVATE' })
  for (const person of [ben, cleo]) await addMember(ada, general.id, person)
  await addMember(ada, plans.id, ben)
  await describePeople({ ada, ben, cleo })
  await talk({ ada, ben, cleo }, channelPlace(general.id))
  await attachFile(ben, channelPlace(general.id))
  await writeOffline(server, ben, general.id)
  await say(ada, channelPlace(plans.id), 'Nobody else knows yet')
  const dm = await startDm(ada, [ben])
  const whisper = await say(ada, dm, 'Between the two of us')
  await say(ben, dm, 'Of course', { replyToId: whisper.id })
  await putInOrder(ada, general.id)
  return { server, ada, ben, cleo }
}

async function addMember(by: TestPerson, id: ChannelId, { userId }: TestPerson): Promise<void> {
  await answer(by, 'POST', `/api/channels/${id}/members`, { userId })
}

type People = Record<'ada' | 'ben' | 'cleo', TestPerson>

async function describePeople({ ada, ben, cleo }: People): Promise<void> {
  const status = { status: 'AWAY', text: 'at sea', emoji: '⛵', expiresAt: Date.now() + DAY_MS }
  await answer(ben, 'PATCH', `/api/users/${ben.userId}/status`, status)
  const profile = { displayName: 'Ben', bio: 'Keeps the lamp' }
  await answer(ben, 'PATCH', `/api/users/${ben.userId}`, profile)
  await wish(cleo, { keywords: ['boat'], notifyReactions: true })
  await answer(ada, 'PATCH', `/api/users/${cleo.userId}`, { role: 'GUEST' })
}

async function talk({ ada, ben, cleo }: People, place: Place): Promise<void> {
  const school = await say(ada, place, 'Who takes the school class?')
  const reply = await say(ben, place, 'I do', { parentId: school.id })
  await answer(cleo, 'POST', `${place.path}/messages/${reply.id}/reactions`, { emoji: '🎉' })
  await answer(ada, 'POST', `${place.path}/messages/${reply.id}/reactions`, { emoji: '🎉' })
  await say(ada, place, 'Thank you', { parentId: school.id })
  await say(cleo, place, 'When does the boat come?')
  const repaired = await say(ben, place, 'The lmap works')
  const corrected = { content: 'The lamp works' }
  await answer(ben, 'PATCH', `${place.path}/messages/${repaired.id}`, corrected)
  await answer(ada, 'PUT', `${place.path}/messages/${repaired.id}/pin`)
  const secret = await say(ben, place, 'The password is swordfish')
  await answer(ben, 'PATCH', `${place.path}/messages/${secret.id}`, { content: 'It was marlin' })
  await answer(ben, 'DELETE', `${place.path}/messages/${secret.id}`)
  await say(ada, place, `<@${ben.userId}> and <@channel>: see you tomorrow`)
  await answer(cleo, 'POST', `${place.path}/read`, { messageId: repaired.id })
}

async function attachFile(person: TestPerson, { path }: Place): Promise<void> {
  const picture = await uploadFile(person, await drawPicture(800, 600), {
    ...{ name: 'lamp.png', type: 'image/png' },
  })
  const message = { content: 'A picture of it', type: 'FILE', fileIds: [picture.id] }
  await answer(person, 'POST', `${path}/messages`, message)
}

/** What arrives an hour after it was written. */
async function writeOffline(
  server: TestServer,
  person: TestPerson,
  channelId: ChannelId,
): Promise<void> {
  const device = connect(server, person)
  const opened = device.open(`channel:${channelId}/1`)
  await Promise.all([opened.synced, device.open(`user:${person.userId}`).synced])
  const createdAt = Date.now() - HOUR_MS
  const randomBytes = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16))
  const id = createId<MessageId>({ now: () => createdAt, randomBytes })
  const record: MessageRecord = {
    ...{ authorId: person.userId, content: 'Out of reach of the harbour' },
    ...{ type: 'TEXT', createdAt, version: 1 },
  }
  rootMap(opened.document, 'messages').set(id, record)
  await opened.durable()
  device.close()
  // Rows, and when somebody was last here, follow a little later.
  const isThere = server.sqlite.prepare(
    `SELECT 1 FROM messages JOIN users ON users.id = author_id
     WHERE messages.id = ? AND last_seen_at IS NOT NULL`,
  )
  await vi.waitUntil(() => isThere.get(id) !== undefined, { timeout: 15_000 })
}

async function putInOrder(owner: TestPerson, channelId: ChannelId): Promise<void> {
  const body = await answer(owner, 'POST', '/api/channel-categories', { name: 'The island' })
  const { id: categoryId } = categorySchema.parse(body)
  await answer(owner, 'PATCH', `/api/channels/${channelId}`, { categoryId })
}
