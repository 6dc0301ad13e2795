import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { formatConversationName, formatUserDocumentName } from '../../shared/document/names.ts'
import { rootMap } from '../../shared/document/layout.ts'
import type { ServerMessage } from '../../shared/sync/stateless-messages.ts'
import { createIdSequence, message } from '../../shared/testing/updates.ts'
import {
  answer,
  channelPlace,
  kindsFor,
  notificationsOf,
  say,
  startDm,
  wish,
  type Place,
} from '../testing/notified-people.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { connect, type OpenDocument, type SyncClient } from '../testing/sync-client.ts'

const nextId = createIdSequence()

function eventsOf({ messages }: OpenDocument): ServerMessage[] {
  return messages.filter((each) => each.type === 'event' && each.event.topic === 'notifications')
}

describe('who is notified', () => {
  let server: TestServer
  let ada: TestPerson
  let ben: TestPerson
  let cleo: TestPerson
  let general: Place
  let clients: SyncClient[]

  beforeEach(async () => {
    clients = []
    server = await startTestServer()
    ada = await server.signUp('Ada')
    ben = await server.signUp('Ben')
    cleo = await server.signUp('Cleo')
    const { id } = await server.createChannel(ada, { name: 'General', slug: 'general' })
    general = channelPlace(id)
    for (const person of [ben, cleo]) {
      await answer(person, 'POST', `${general.path}/members`, { userId: person.userId })
    }
  })
  afterEach(async () => {
    for (const client of clients) client.close()
    await server.close()
  })

  /** Opens somebody's own document, as their browser does. */
  async function arrive(person: TestPerson): Promise<OpenDocument> {
    const client = connect(server, person)
    clients.push(client)
    const own = client.open(formatUserDocumentName(person.userId))
    await own.synced
    await expect.poll(() => own.messages.length).toBeGreaterThan(1)
    return own
  }

  test('P11.1 somebody who is named, written to, or answered; and nobody of their own words', async () => {
    const first = await say(ada, general, `<@${ben.userId}>, what is new?`)
    await say(ben, general, 'nothing', { parentId: first.id })
    const dm = await startDm(cleo, [ada])
    await say(cleo, dm, 'and here?')
    expect(await kindsFor(ada)).toEqual(['DM', 'REPLY'])
    expect(await kindsFor(ben)).toEqual(['MENTION'])
    expect(await kindsFor(cleo)).toEqual([])
    const { notifications, unreadCount } = await notificationsOf(ben)
    expect(unreadCount).toBe(1)
    expect(notifications[0]).toMatchObject({
      conversation: general.conversation,
      messageId: first.id,
      actorId: ada.userId,
      excerpt: `<@${ben.userId}>, what is new?`,
      readAt: null,
    })
  })

  test('P11.1 everybody by <@channel>, and those who are here by <@here>', async () => {
    await say(ada, general, '<@channel> hello')
    await arrive(cleo)
    await say(ada, general, '<@here> look')
    expect(await kindsFor(ben)).toEqual(['GROUP_MENTION'])
    expect(await kindsFor(cleo)).toEqual(['GROUP_MENTION', 'GROUP_MENTION'])
  })

  test('P11.1 whoever asked for more: all of a conversation, words, reactions', async () => {
    await wish(ben, { notifyLevel: 'ALL' })
    await wish(cleo, { keywords: ['supply boat'], notifyReactions: true })
    await say(ada, general, 'the Supply Boat is early')
    expect(await kindsFor(ben)).toEqual(['MESSAGE'])
    expect(await kindsFor(cleo)).toEqual(['KEYWORD'])

    const own = await say(cleo, general, 'good')
    const client = connect(server, ben)
    clients.push(client)
    const opened = client.open(formatConversationName(general.conversation))
    await opened.synced
    const reactions = rootMap(opened.document, 'reactions')
    const key = `${own.id}/${ben.userId}/👍`
    reactions.set(key, Date.now())
    await opened.durable()
    await expect.poll(() => kindsFor(cleo)).toEqual(['REACTION', 'KEYWORD'])
    reactions.delete(key)
    await opened.durable()
    await expect.poll(() => kindsFor(cleo)).toEqual(['KEYWORD'])
    // Nobody is told the same again because somebody cannot make up their mind.
    reactions.set(key, Date.now())
    await opened.durable()
    await say(ada, general, `<@${cleo.userId}>`)
    expect(await kindsFor(cleo)).toEqual(['MENTION', 'KEYWORD'])
  })

  test('P11.2 levels and muting of a conversation overrule those of the person', async () => {
    const set = (person: TestPerson, wishes: object): Promise<unknown> =>
      answer(person, 'PATCH', `${general.path}/members/${person.userId}`, wishes)
    await set(ben, { notifyLevel: 'NOTHING' })
    await set(cleo, { notifyLevel: 'ALL' })
    await say(ada, general, `<@${ben.userId}> and all`)
    await set(cleo, { muted: true })
    await say(ada, general, '<@channel>')
    expect(await kindsFor(ben)).toEqual([])
    expect(await kindsFor(cleo)).toEqual(['MESSAGE'])
    await wish(ben, { notifyLevel: 'NOTHING' })
    const dm = await startDm(ada, [ben, cleo])
    await say(ada, dm, 'one')
    await answer(cleo, 'PATCH', dm.path, { notifyLevel: 'MENTIONS' })
    await answer(ben, 'PATCH', dm.path, { notifyLevel: 'ALL' })
    await say(ada, dm, 'two')
    await answer(ben, 'PATCH', dm.path, { muted: true })
    await say(ada, dm, `three, <@${ben.userId}> and <@${cleo.userId}>`)
    expect(await kindsFor(ben)).toEqual(['DM'])
    expect(await kindsFor(cleo)).toEqual(['MENTION', 'DM', 'MESSAGE'])
  })

  test('P11.3 nobody of what they have before their eyes', async () => {
    const own = await arrive(ben)
    const look = (at: string[]): void =>
      own.provider.sendStateless(JSON.stringify({ type: 'looking', at }))
    look([general.conversation.id])
    const dm = await startDm(ada, [ben])
    await say(ada, dm, 'first')
    await expect
      .poll(async () => {
        await say(ada, general, `<@${ben.userId}>`)
        const before = (await kindsFor(ben)).length
        await say(ada, general, `<@${ben.userId}>`)
        return (await kindsFor(ben)).length - before
      })
      .toBe(0)
    const standing = await kindsFor(ben)
    look([])
    await expect
      .poll(async () => {
        await say(ada, general, `<@${ben.userId}>`)
        return (await kindsFor(ben)).length
      })
      .toBeGreaterThan(standing.length)
    // And what is looked at ends with the connection.
    look([general.conversation.id])
    clients[0]?.close()
    const later = (await kindsFor(ben)).length
    await expect
      .poll(async () => {
        await say(ada, general, `<@${ben.userId}>`)
        return (await kindsFor(ben)).length
      })
      .toBeGreaterThan(later)
  })

  test('P11.4 an edit notifies those whom it newly names, and a deletion takes notifications away', async () => {
    const client = connect(server, ada)
    clients.push(client)
    const opened = client.open(formatConversationName(general.conversation))
    await opened.synced
    const messages = rootMap(opened.document, 'messages')
    const id = nextId<string>()
    const sent = message(ada.userId, { content: `<@${ben.userId}>`, createdAt: Date.now() })
    messages.set(id, sent)
    const content = `<@${ben.userId}> <@${cleo.userId}>`
    messages.set(id, { ...sent, content, version: 2, editedAt: Date.now() })
    await opened.durable()
    await expect.poll(() => kindsFor(cleo)).toEqual(['MENTION'])
    expect(await kindsFor(ben)).toEqual(['MENTION'])
    const own = await arrive(ben)
    messages.set(id, {
      ...{ ...sent, content: '', version: 3 },
      ...{ deletedAt: Date.now(), deletedBy: ada.userId },
    })
    await expect.poll(() => kindsFor(cleo)).toEqual([])
    await expect.poll(() => eventsOf(own)).toHaveLength(1)
  })

  test('P11.4 an edit does not tell anybody a second time of the same message', async () => {
    const dm = await startDm(ada, [ben])
    for (const [place, content, kind] of [
      [dm, 'hello', 'DM'],
      [general, '<@channel> hello', 'GROUP_MENTION'],
    ] as const) {
      const { id } = await say(ada, place, content)
      await answer(ada, 'PATCH', `${place.path}/messages/${id}`, {
        content: `hello <@${ben.userId}>`,
      })
      expect((await kindsFor(ben))[0]).toBe(kind)
    }
    expect(await kindsFor(ben)).toEqual(['GROUP_MENTION', 'DM'])
  })

  test('P11.5 what somebody may no longer read is hidden, and is there again with their access', async () => {
    const { id } = await server.createChannel(ada, {
      name: 'Plans',
      slug: 'plans',
      type: 'PRIVATE',
    })
    const plans = channelPlace(id)
    await say(ada, plans, `<@${ben.userId}> is not in here`)
    await answer(ada, 'POST', `${plans.path}/members`, { userId: ben.userId })
    await say(ada, plans, `<@${ben.userId}> is now`)
    expect(await kindsFor(ben)).toEqual(['MENTION'])
    await answer(ada, 'DELETE', `${plans.path}/members/${ben.userId}`)
    expect(await notificationsOf(ben)).toMatchObject({ notifications: [], unreadCount: 0 })
    await answer(ada, 'POST', `${plans.path}/members`, { userId: ben.userId })
    expect(await kindsFor(ben)).toEqual(['MENTION'])
  })

  test('P11.5 reading and dismissing is for oneself, and pages stay whole while more comes', async () => {
    const own = await arrive(ben)
    for (const content of ['one', 'two', 'three']) {
      await say(ada, general, `<@${ben.userId}> ${content}`)
    }
    const first = await notificationsOf(ben, '?limit=2')
    await say(ada, general, `<@${ben.userId}> four`)
    const rest = await notificationsOf(ben, `?limit=2&cursor=${first.nextCursor}`)
    const said = [...first.notifications, ...rest.notifications].map(({ excerpt }) =>
      excerpt.split(' ').at(-1),
    )
    expect(said).toEqual(['three', 'two', 'one'])
    expect(rest.nextCursor).toBeNull()

    const ids = first.notifications.map(({ id }) => id)
    expect(await answer(cleo, 'POST', '/api/notifications/read', { ids })).toEqual({
      unreadCount: 0,
    })
    expect((await notificationsOf(ben)).unreadCount).toBe(4)
    expect(await answer(ben, 'POST', '/api/notifications/read', { ids })).toEqual({
      unreadCount: 2,
    })
    expect((await notificationsOf(ben, '?unreadOnly=true')).notifications).toHaveLength(2)
    const notOwn = await cleo.request('DELETE', `/api/notifications/${ids[0]}`)
    expect(notOwn.status).toBe(404)
    await answer(ben, 'DELETE', `/api/notifications/${ids[0]}`)
    expect((await notificationsOf(ben)).notifications).toHaveLength(3)
    await expect.poll(() => eventsOf(own).length).toBeGreaterThanOrEqual(6)
    const preferences = await cleo.request('GET', `/api/users/${ben.userId}/preferences`)
    expect(preferences.status).toBe(403)
  })

  test('P11.4 a message that was written offline long ago notifies when it arrives', async () => {
    const client = connect(server, ada)
    clients.push(client)
    const opened = client.open(formatConversationName(general.conversation))
    await opened.synced
    const createdAt = Date.now() - 7 * 86_400_000
    const content = `<@${ben.userId}>`
    rootMap(opened.document, 'messages').set(nextId(), message(ada.userId, { content, createdAt }))
    await opened.durable()
    await expect.poll(() => kindsFor(ben)).toEqual(['MENTION'])
    const [{ createdAt: notifiedAt } = { createdAt: 0 }] = (await notificationsOf(ben))
      .notifications
    expect(Date.now() - notifiedAt).toBeLessThan(60_000)
  })
})
