import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  channelPlace,
  notificationsOf,
  say,
  type Place,
} from '../../server/testing/notified-people.ts'
import {
  startTestServer,
  type TestPerson,
  type TestServer,
} from '../../server/testing/running-server.ts'
import { openTestEngine, type TestEngine } from '../testing/engine-kit.ts'
import { createTestBrowser } from '../testing/tab-kit.ts'

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let place: Place
let other: Place
let count = 0

beforeAll(async () => {
  server = await startTestServer()
  ben = await server.signUp('Ben')
})
afterAll(() => server.close())

beforeEach(async () => {
  count += 1
  ada = await server.signUp(`Ada${count}`)
  place = await newPlace('here')
  other = await newPlace('there')
})

async function newPlace(slug: string): Promise<Place> {
  const { id } = await server.createChannel(ben, { name: slug, slug: `${slug}-${count}` })
  const made = channelPlace(id)
  await ben.request('POST', `${made.path}/members`, { userId: ada.userId })
  return made
}

/** How many notifications a message with Ada's name brings her. */
async function broughtBy(where: Place): Promise<number> {
  const before = (await notificationsOf(ada)).unreadCount
  await say(ben, where, `<@${ada.userId}> come`)
  return (await notificationsOf(ada)).unreadCount - before
}

async function untilNotified(where: Place, isNotified: boolean): Promise<void> {
  await expect.poll(() => broughtBy(where)).toBe(isNotified ? 1 : 0)
}

async function open(): Promise<TestEngine> {
  return openTestEngine(server, ada, place.conversation)
}

test('P11.3 the server hears what is before somebody’s eyes, and that they look elsewhere', async () => {
  const { engine, close } = await open()
  expect(await broughtBy(place)).toBe(1)
  engine.setLooking([place.conversation])
  await untilNotified(place, false)
  expect(await broughtBy(other)).toBe(1)
  engine.setLooking([])
  engine.setLooking([other.conversation])
  await untilNotified(other, false)
  expect(await broughtBy(place)).toBe(1)
  engine.setLooking([])
  await untilNotified(other, true)
  await close()
})

test('P11.3 it hears so again with each connection, and forgets it while there is none', async () => {
  const { engine, setOnline, close } = await open()
  engine.setLooking([place.conversation])
  await untilNotified(place, false)
  setOnline(false)
  await untilNotified(place, true)
  setOnline(true)
  await untilNotified(place, false)
  setOnline(false)
  await untilNotified(place, true)
  engine.setLooking([])
  setOnline(true)
  await expect.poll(() => engine.status.snapshot().connection).toBe('online')
  expect(await broughtBy(place)).toBe(1)
  await close()
})

test('P11.3 the tab that leads speaks for all, for as long as they are there', async () => {
  const browser = createTestBrowser(server, ada, place.conversation)
  const leader = await browser.openTab()
  const follower = await browser.openTab()
  await expect.poll(() => follower.engine.status.snapshot().connection).toBe('online')
  leader.engine.setLooking([place.conversation])
  follower.engine.setLooking([other.conversation])
  await untilNotified(place, false)
  await untilNotified(other, false)
  leader.engine.setLooking([])
  await untilNotified(place, true)
  expect(await broughtBy(other)).toBe(0)
  // Who leads next is told what the others look at.
  await leader.close()
  await expect.poll(follower.isLeader).toBe(true)
  await untilNotified(other, false)
  const third = await browser.openTab()
  await expect.poll(() => third.engine.status.snapshot().connection).toBe('online')
  third.engine.setLooking([place.conversation])
  await untilNotified(place, false)
  third.die()
  await untilNotified(place, true)
  await browser.close()
})

test('what others write in a conversation that is kept in step is news, and what one writes is not', async () => {
  const { engine, handle, close } = await open()
  engine.keepCopies([place.conversation, other.conversation])
  await expect.poll(() => engine.status.snapshot().connection).toBe('online')
  const arrivals: string[] = []
  engine.onDirectoryEvent((news) =>
    news?.topic === 'arrivals' ? arrivals.push(news.conversationId) : undefined,
  )
  handle.send({ content: 'my own' })
  await expect.poll(() => engine.status.snapshot().pendingCount).toBe(0)
  expect(arrivals).toEqual([])
  await say(ben, other, 'somebody else’s')
  await expect.poll(() => arrivals).toEqual([other.conversation.id])
  await close()
})
