import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  startTestServer,
  type TestPerson,
  type TestServer,
} from '../../server/testing/running-server.ts'
import type { Conversation } from '../../shared/document/names.ts'
import type { MessageId } from '../../shared/ids.ts'
import { createTestDevice, type TestDevice } from '../testing/device-kit.ts'
import { screen, until, untilSettled, type TestEngine } from '../testing/engine-kit.ts'
import type { MessageView } from './engine-interface.ts'

let server: TestServer
let ada: TestPerson
let conversation: Conversation
let devices: { phone: TestDevice; laptop: TestDevice; ofBen: TestDevice }
/** Two devices of Ada, and one of Ben, who reads. */
let phone: TestEngine
let laptop: TestEngine
let ben: TestEngine
let opened: TestEngine[]
let count = 0

beforeAll(async () => {
  const updates = { capacity: 100_000, perSecond: 1_000 }
  server = await startTestServer({
    limits: { updates, segments: { maxMessages: 40, maxClients: 100 } },
  })
  await server.signUp('Owner')
})
afterAll(() => server.close())

beforeEach(async () => {
  count += 1
  ada = await server.signUp(`Ada${count}`)
  const reader = await server.signUp(`Ben${count}`)
  const channel = await server.createChannel(ada, { name: 'C', slug: `channel-${count}` })
  await ada.request('POST', `/api/channels/${channel.id}/members`, { userId: reader.userId })
  conversation = { kind: 'channel', id: channel.id }
  devices = {
    phone: createTestDevice(server),
    laptop: createTestDevice(server),
    ofBen: createTestDevice(server),
  }
  phone = await devices.phone.open(ada, conversation)
  laptop = await devices.laptop.open(ada, conversation)
  ben = await devices.ofBen.open(reader, conversation)
  opened = [phone, laptop, ben]
  return async () => {
    await Promise.all(opened.map((each) => each.close()))
  }
})

const everybody = (): TestEngine[] => [phone, laptop, ben]

async function untilAllSettled(): Promise<void> {
  for (const each of everybody()) await untilSettled(each)
}

function seen({ handle }: TestEngine, id: MessageId): MessageView | undefined {
  return handle.snapshot().messages.find((view) => view.id === id)
}

/** All that a screen says of its messages. */
function shown({ handle }: TestEngine): unknown[] {
  return handle.snapshot().messages.map(({ id, record, delivery, reactions, isPinned }) => ({
    ...{ id, record, delivery, reactions, isPinned },
  }))
}

async function untilEqual(): Promise<void> {
  await untilAllSettled()
  // The phone is looked at each time, too: it may be the one that has still to hear.
  await expect.poll(() => isDeepStrictEqual(shown(laptop), shown(phone))).toBe(true)
  await expect.poll(() => isDeepStrictEqual(shown(ben), shown(phone))).toBe(true)
  const { messages, undelivered } = phone.handle.snapshot()
  expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length)
  expect(undelivered).toEqual([])
  expect(screen(phone).filter((each) => !each.endsWith(' sent'))).toEqual([])
}

/** Written on the phone, and seen by all. */
async function writeForAll(contents: readonly string[]): Promise<MessageId[]> {
  const ids = contents.map((content) => phone.handle.send({ content }))
  for (const each of everybody()) {
    await until(each, ({ messages }) => messages.length >= contents.length)
  }
  await untilAllSettled()
  return ids
}

async function goOffline(...away: TestEngine[]): Promise<void> {
  for (const each of away) {
    each.setOnline(false)
    await expect.poll(() => each.engine.status.snapshot().connection).toBe('offline')
  }
}

test('P6 two devices of one person, one of them long offline, end equal with nothing twice', async () => {
  const [old = fail(), liked = fail(), marked = fail(), gone = fail()] = await writeForAll([
    ...['to edit', 'to react to', 'to pin', 'to delete'],
  ])
  await goOffline(phone)
  for (let index = 1; index <= 3; index += 1) phone.handle.send({ content: `phone ${index}` })
  phone.handle.edit(old, 'edited on the phone')
  phone.handle.setReaction(liked, '👍', true)
  phone.handle.setPinned(marked, true)
  phone.handle.edit(gone, 'edited and deleted')
  phone.handle.remove(gone)

  // Meanwhile the conversation goes on for more than a segment.
  for (let index = 1; index <= 60; index += 1) {
    laptop.handle.send({ content: `laptop ${index}` })
    if (index % 10 === 0) await untilSettled(laptop)
  }
  laptop.handle.setReaction(liked, '👍', true)
  laptop.handle.setReaction(liked, '🎉', true)
  laptop.handle.setPinned(marked, true)
  laptop.handle.edit(gone, 'soon deleted')
  laptop.handle.remove(gone)
  await untilSettled(laptop)
  // Nothing of the one has reached the other but through the server.
  expect(screen(laptop).some((each) => each.startsWith('phone'))).toBe(false)
  expect(screen(phone).some((each) => each.startsWith('laptop'))).toBe(false)

  phone.setOnline(true)
  await untilAllSettled()
  for (const each of everybody()) await readAll(each)
  await untilEqual()
  const contents = phone.handle.snapshot().messages.map(({ record }) => record.content)
  expect(contents.filter((each) => each.startsWith('phone'))).toHaveLength(3)
  expect(contents.filter((each) => each.startsWith('laptop'))).toHaveLength(60)
  expect(seen(ben, old)?.record.content).toBe('edited on the phone')
  // Given within one millisecond they stand by emoji, otherwise by time.
  const given = seen(ben, liked)?.reactions.map(({ emoji, userIds }) => [emoji, userIds] as const)
  expect(new Map(given)).toEqual(
    new Map([
      ['👍', [ada.userId]],
      ['🎉', [ada.userId]],
    ]),
  )
  expect(seen(ben, marked)?.isPinned).toBe(true)
  expect(seen(ben, gone)?.record).toMatchObject({ content: '', deletedBy: ada.userId })
})

test('P6 a message that was edited on two devices offline is the same everywhere, and no edit waits', async () => {
  const [id = fail()] = await writeForAll(['first'])
  await goOffline(phone, laptop)
  phone.handle.edit(id, 'from the phone')
  laptop.handle.edit(id, 'from the laptop')
  laptop.handle.edit(id, 'from the laptop, again')
  phone.setOnline(true)
  await untilSettled(phone)
  laptop.setOnline(true)
  await untilEqual()
  expect(['from the phone', 'from the laptop, again']).toContain(seen(ben, id)?.record.content)

  // The next edit, on either device, is taken by all.
  laptop.handle.edit(id, 'settled')
  await expect.poll(() => seen(phone, id)?.record.content).toBe('settled')
  phone.handle.edit(id, 'settled again')
  await untilEqual()
  expect(seen(ben, id)?.record.content).toBe('settled again')
})

test('P6 what one device takes back while the other gives it ends the same for all', async () => {
  const [liked = fail(), marked = fail(), late = fail()] = await writeForAll(['a', 'b', 'c'])
  phone.handle.setReaction(liked, '👍', true)
  phone.handle.setPinned(marked, true)
  await untilEqual()
  await goOffline(phone)
  phone.handle.setReaction(liked, '👍', false)
  phone.handle.setPinned(marked, false)
  phone.handle.edit(late, 'a better c')
  laptop.handle.setReaction(liked, '👍', false)
  laptop.handle.setReaction(liked, '👍', true)
  laptop.handle.remove(late)
  await untilSettled(laptop)
  phone.setOnline(true)
  await untilAllSettled()
  // The edit of a message that its author deleted elsewhere is told, and changes nothing.
  const { undelivered } = await until(phone, (snapshot) => snapshot.undelivered.length > 0)
  expect(undelivered).toMatchObject([{ kind: 'edit', text: 'a better c' }])
  expect(laptop.handle.snapshot().undelivered).toEqual([])
  for (const { outboxId } of undelivered) phone.handle.discard(outboxId)
  await untilEqual()
  expect(seen(ben, late)?.record.content).toBe('')
  expect(seen(ben, marked)?.isPinned).toBe(false)
})

test('P6 a device that closes with something undelivered leaves it to no other, and delivers it later', async () => {
  await writeForAll(['before'])
  await goOffline(phone)
  phone.handle.send({ content: 'from the train' })
  opened = opened.filter((each) => each !== phone)
  await phone.close()
  laptop.handle.send({ content: 'from the desk' })
  await untilSettled(laptop)
  expect(screen(laptop)).toEqual(['before sent', 'from the desk sent'])
  expect(laptop.engine.status.snapshot().pendingCount).toBe(0)
  phone = await devices.phone.open(ada, conversation)
  opened.push(phone)
  await until(phone, ({ messages }) => messages.length === 3)
  await untilEqual()
  expect(await devices.laptop.databaseNames()).not.toEqual([])
})

test('P6 a person who types on two devices types once, is not told of it, and stops with the last', async () => {
  await untilAllSettled()
  const typists = ({ handle }: TestEngine): readonly string[] => handle.snapshot().typing
  phone.handle.setTyping(true)
  laptop.handle.setTyping(true)
  ben.handle.setTyping(true)
  await expect.poll(() => typists(ben)).toEqual([ada.userId])
  await expect.poll(() => typists(phone)).toHaveLength(1)
  await expect.poll(() => typists(laptop)).toEqual(typists(phone))
  expect(typists(phone)).not.toContain(ada.userId)
  phone.handle.setTyping(false)
  ben.handle.setTyping(false)
  // Ben's word came after hers: both were heard.
  await expect.poll(() => typists(laptop)).toEqual([])
  expect(typists(ben)).toEqual([ada.userId])
  laptop.handle.setTyping(false)
  await expect.poll(() => typists(ben)).toEqual([])
})

async function readAll(engine: TestEngine): Promise<void> {
  await expect
    .poll(() => {
      const { older } = engine.handle.snapshot()
      if (older === 'more') engine.handle.loadOlder()
      return older
    })
    .toBe('none')
}

function fail(): never {
  throw new Error('Fewer messages than were written')
}
