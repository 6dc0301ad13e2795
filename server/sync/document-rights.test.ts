import { afterAll, beforeAll, expect, test } from 'vitest'
import { messageIdSchema, threadIdSchema } from '../../shared/ids.ts'
import { rootMap } from '../../shared/document/layout.ts'
import {
  formatConversationName,
  formatUserDocumentName,
  type Conversation,
} from '../../shared/document/names.ts'
import { formatReactionKey } from '../../shared/records/reaction.ts'
import { createIdSequence, message } from '../../shared/testing/updates.ts'
import { createRoleStage, personas, type Persona, type RoleStage } from '../testing/role-stage.ts'
import { connect, type OpenDocument } from '../testing/sync-client.ts'

/** What is tried in a conversation with one message, which is `channelMember`'s. */
const deeds = ['post', 'edit', 'delete', 'react', 'pin', 'meta'] as const
type Deed = (typeof deeds)[number]
type Outcomes = Record<Deed, string>

const none = (code: string): Outcomes => ({
  ...{ post: code, edit: code, delete: code },
  ...{ react: code, pin: code, meta: code },
})
const manager = { ...none('yes'), edit: 'not_author', meta: 'server_only' }
const reader = { ...manager, delete: 'not_author' }
const author = { ...none('yes'), meta: 'server_only' }

/** A string is the code with which the document does not open at all. */
type Expected = Record<Persona, Outcomes | string>
const never = { deactivated: 'unauthenticated', nobody: 'unauthenticated' } as const

function channel(of: Partial<Expected>): Expected {
  const visitor = none('not_member')
  const strangers = { owner: visitor, admin: visitor, outsider: visitor, guest: 'not_found' }
  const inside = { guestInside: reader, channelOwner: manager, channelAdmin: manager }
  return { ...strangers, ...inside, channelMember: author, ...never, ...of }
}

const restricted = { post: 'posting_restricted', pin: 'forbidden' }
const archived = none('channel_archived')
const hidden = 'not_found'

const expectations = {
  'a public channel': channel({}),
  'a private channel': channel({ owner: hidden, admin: hidden, outsider: hidden }),
  'a channel where admins post': channel({
    guestInside: { ...reader, ...restricted },
    channelMember: { ...author, ...restricted },
  }),
  'an archived channel': channel({
    ...{ guestInside: archived, channelOwner: archived },
    ...{ channelAdmin: archived, channelMember: archived },
  }),
  'a direct message': channel({
    ...{ owner: hidden, admin: hidden, outsider: hidden, guest: hidden },
    ...{ guestInside: hidden, channelAdmin: hidden },
    channelOwner: reader,
  }),
} satisfies Record<string, Expected>
type Place = keyof typeof expectations

const nextId = createIdSequence()
let stage: RoleStage

beforeAll(async () => {
  stage = await createRoleStage()
})
afterAll(() => stage.server.close())

async function makePlace(place: Place): Promise<{ conversation: Conversation; messageId: string }> {
  if (place === 'a direct message') {
    const id = threadIdSchema.parse(await stage.startDm())
    const messageId = await stage.post(`/dm/${id}/messages`)
    return { conversation: { kind: 'dm', id }, messageId }
  }
  const type = place === 'a private channel' ? 'PRIVATE' : 'PUBLIC'
  const { channelId: id } = stage.makeSubject({ type })
  const messageId = await stage.post(`/channels/${id}/messages`)
  const { sqlite } = stage.server
  const set = (what: string): unknown =>
    sqlite.prepare(`UPDATE channels SET ${what} WHERE id = ?`).run(id)
  if (place === 'a channel where admins post') set("posting = 'ADMINS'")
  if (place === 'an archived channel') set('archived_at = 1')
  return { conversation: { kind: 'channel', id }, messageId }
}

function attempt(persona: Persona, name: string): { one: OpenDocument; close: () => void } {
  const person = stage.people[persona]
  const cookie = persona === 'nobody' ? '' : person.cookie
  const client = connect(stage.server, { ...person, cookie })
  return { one: client.open(name), close: client.close }
}

/** `yes` once it is done, or the code with which the document was closed. */
const outcome = (done: Promise<void>, { refused }: OpenDocument): Promise<string> =>
  Promise.race([done.then(() => 'yes'), refused.then(({ code }) => code)])

function write({ document }: OpenDocument, deed: Deed, persona: Persona, messageId: string): void {
  const { userId } = stage.people[persona]
  const [messages, now] = [rootMap(document, 'messages'), Date.now()]
  const standing = messages.get(messageId) as object // it was posted
  switch (deed) {
    case 'post':
      return void messages.set(nextId(), message(userId, { createdAt: now }))
    case 'edit':
      return void messages.set(messageId, { ...standing, content: 'Edited', version: 2 })
    case 'delete':
      return void messages.set(messageId, {
        ...{ ...standing, content: '', version: 2 },
        ...{ deletedAt: now, deletedBy: userId },
      })
    case 'react':
      return void rootMap(document, 'reactions').set(
        formatReactionKey({ messageId: messageIdSchema.parse(messageId), userId, emoji: '👍' }),
        now,
      )
    case 'pin':
      return void rootMap(document, 'pins').set(messageId, { userId, pinnedAt: now })
    case 'meta':
      return void rootMap(document, 'meta').set('next', 2)
  }
}

test.each(Object.entries(expectations))(
  'P2.9 %s lets every role do what the table says, and no more',
  async (place, expected) => {
    for (const persona of personas) {
      const outcomes: Partial<Outcomes> = {}
      let opening = ''
      for (const deed of deeds) {
        const { conversation, messageId } = await makePlace(place as Place) // a key of that table
        const { one, close } = attempt(persona, formatConversationName(conversation))
        opening = await outcome(one.synced, one)
        if (opening === 'yes') {
          write(one, deed, persona, messageId)
          outcomes[deed] = await outcome(one.durable(), one)
        }
        close()
        if (opening !== 'yes') break
      }
      const found = opening === 'yes' ? outcomes : opening
      expect([persona, found]).toEqual([persona, expected[persona]])
    }
  },
)

test("nobody but oneself opens a person's own document, and nobody writes to it", async () => {
  const { people } = stage
  for (const persona of personas) {
    const isKnown = persona !== 'nobody' && persona !== 'deactivated'
    const own = attempt(persona, formatUserDocumentName(people[persona].userId))
    const opened = await outcome(own.one.synced, own.one)
    expect([persona, opened]).toEqual([persona, isKnown ? 'yes' : 'unauthenticated'])
    if (isKnown) {
      own.one.document.getMap('messages').set('x', 1)
      expect(await outcome(own.one.durable(), own.one)).toBe('server_only')
    }
    own.close()
    const another = persona === 'owner' ? people.admin : people.owner
    const others = attempt(persona, formatUserDocumentName(another.userId))
    const code = isKnown ? 'not_found' : 'unauthenticated'
    expect(await outcome(others.one.synced, others.one)).toBe(code)
    others.close()
  }
})

test('P7 who may post is in force on open documents at once', async () => {
  const { channelId } = stage.makeSubject()
  const name = formatConversationName({ kind: 'channel', id: channelId })
  const [member, admin] = [attempt('channelMember', name), attempt('channelAdmin', name)]
  await Promise.all([member.one.synced, admin.one.synced])
  write(member.one, 'post', 'channelMember', '')
  expect(await outcome(member.one.durable(), member.one)).toBe('yes')
  const path = `/channels/${channelId}`
  await stage.request('channelAdmin', 'PATCH', path, { posting: 'ADMINS' })
  write(member.one, 'post', 'channelMember', '')
  expect(await outcome(member.one.durable(), member.one)).toBe('posting_restricted')
  member.close()

  // Raised while the document is open, they may post without opening it again.
  const again = attempt('channelMember', name)
  await again.one.synced
  const { userId } = stage.people.channelMember
  const body = { role: 'ADMIN' }
  await stage.request('channelOwner', 'PATCH', `${path}/members/${userId}`, body)
  write(again.one, 'post', 'channelMember', '')
  expect(await outcome(again.one.durable(), again.one)).toBe('yes')
  again.close()

  write(admin.one, 'post', 'channelAdmin', '')
  expect(await outcome(admin.one.durable(), admin.one)).toBe('yes')
  await stage.request('owner', 'DELETE', path)
  write(admin.one, 'post', 'channelAdmin', '')
  expect(await outcome(admin.one.durable(), admin.one)).toBe('channel_archived')
  admin.close()
})
