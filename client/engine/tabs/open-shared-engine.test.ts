import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  startTestServer,
  type TestPerson,
  type TestServer,
} from '../../../server/testing/running-server.ts'
import type { Conversation } from '../../../shared/document/names.ts'
import {
  openTestEngine,
  screen,
  until,
  untilSettled,
  type TestEngine,
} from '../../testing/engine-kit.ts'
import {
  createTestBrowser,
  type TestBrowser,
  type TestTab,
  type TestTabOptions,
} from '../../testing/tab-kit.ts'

let server: TestServer
let ada: TestPerson
let conversation: Conversation
let browser: TestBrowser
let tabs: TestTab[]
let ben: TestEngine
let count = 0

beforeAll(async () => {
  server = await startTestServer()
  await server.signUp('Owner')
})
afterAll(() => server.close())

beforeEach(async () => {
  count += 1
  ada = await server.signUp(`Ada${count}`)
  const other = await server.signUp(`Ben${count}`)
  const channel = await server.createChannel(ada, { name: 'C', slug: `channel-${count}` })
  await ada.request('POST', `/api/channels/${channel.id}/members`, { userId: other.userId })
  conversation = { kind: 'channel', id: channel.id }
  ben = await openTestEngine(server, other, conversation)
  browser = createTestBrowser(server, ada, conversation)
  tabs = []
  return async () => {
    await browser.close()
    await ben.close()
  }
})

async function open(options?: TestTabOptions): Promise<TestTab> {
  const tab = await browser.openTab(options)
  tabs.push(tab)
  return tab
}

const connections = (): number[] => tabs.map(({ openSockets }) => openSockets())
const allConnections = (): number => connections().reduce((sum, each) => sum + each, 0)
const handovers = (): string[] => browser.storedKeys().filter((key) => key.includes('-handover-'))

/** Everybody shows exactly these messages, all of them sent. */
async function untilAllShow(contents: readonly string[], shownBy: TestEngine[]): Promise<void> {
  const expected = contents.map((content) => `${content} sent`)
  for (const each of shownBy) await expect.poll(() => screen(each)).toEqual(expected)
  await expect.poll(handovers).toEqual([])
}

test('several tabs share one connection, and what one does the others show', async () => {
  const leader = await open()
  const [one, other] = [await open(), await open()]
  leader.handle.send({ content: 'from the leader' })
  await untilAllShow(['from the leader'], [one, other, ben])
  const id = one.handle.send({ content: 'from a follower' })
  // It is there at once, and on no screen twice.
  expect(screen(one)).toEqual(['from the leader sent', 'from a follower pending'])
  await untilAllShow(['from the leader', 'from a follower'], [leader, one, other, ben])

  other.handle.edit(id, 'edited in another tab')
  one.handle.setReaction(id, '👍', true)
  one.handle.setPinned(id, true)
  const isAllThere = (tab: TestEngine): Promise<unknown> =>
    until(
      tab,
      ({ messages }) =>
        messages[1]?.record.content === 'edited in another tab' &&
        messages[1].reactions[0]?.userIds[0] === ada.userId &&
        messages[1].isPinned,
    )
  for (const each of [leader, one, other, ben]) await isAllThere(each)
  one.handle.remove(id)
  for (const each of [leader, one, other, ben]) {
    await until(each, ({ messages }) => messages[1]?.record.content === '')
  }
  await expect.poll(connections).toEqual([1, 0, 0])
  await expect.poll(() => one.engine.presence.snapshot()).toEqual(leader.engine.presence.snapshot())
  await untilSettled(one)
})

test('P5 what is written offline in any tab waits in one outbox, and goes out when there is a network', async () => {
  const [leader, follower] = [await open(), await open()]
  leader.handle.send({ content: 'before' })
  await untilAllShow(['before'], [leader, follower])
  leader.setOnline(false)
  await expect.poll(() => follower.engine.status.snapshot().connection).toBe('offline')
  follower.handle.send({ content: 'offline, in a follower' })
  await until(leader, ({ messages }) => messages.length === 2)
  leader.handle.send({ content: 'offline, in the leader' })
  const waiting = [
    'before sent',
    'offline, in a follower pending',
    'offline, in the leader pending',
  ]
  for (const each of [leader, follower]) await expect.poll(() => screen(each)).toEqual(waiting)
  await expect.poll(() => follower.engine.status.snapshot().pendingCount).toBe(2)
  await expect.poll(handovers).toEqual([])
  leader.setOnline(true)
  await untilAllShow(
    ['before', 'offline, in a follower', 'offline, in the leader'],
    [leader, follower, ben],
  )
})

test.for(['closes', 'dies'] as const)(
  'P6 when the leading tab %s another leads, and no open conversation goes blank',
  async (how) => {
    const leader = await open()
    leader.handle.send({ content: 'before' })
    const [one, other] = [await open(), await open()]
    await untilAllShow(['before'], [leader, one, other])
    const phases = new Set<string>()
    for (const { handle } of [one, other]) {
      handle.subscribe(() => {
        const { phase, messages } = handle.snapshot()
        phases.add(messages.length > 0 ? phase : 'blank')
      })
    }
    if (how === 'closes') await leader.close()
    else leader.die()
    other.handle.send({ content: 'between two leaders' })
    await untilAllShow(['before', 'between two leaders'], [one, other, ben])
    ben.handle.send({ content: 'afterwards' })
    await untilAllShow(['before', 'between two leaders', 'afterwards'], [one, other])
    await expect.poll(allConnections).toBe(1)
    expect([...phases]).toEqual(['ready'])
  },
)

test.for(['incoming', 'outgoing'] as const)(
  'P5 a write whose leader dies before it answers is delivered once (%s lost)',
  async (lost) => {
    const [leader, one, other] = [await open(), await open(), await open()]
    const edited = one.handle.send({ content: 'first' })
    await untilAllShow(['first'], [leader, one, other, ben])
    leader.cut(lost)
    one.handle.send({ content: 'second' })
    one.handle.edit(edited, 'first, edited')
    one.handle.setReaction(edited, '🎉', true)
    expect(handovers()).toHaveLength(3)
    // Either it knows nothing of them, or it has delivered them and could not say so.
    const wanted = ['first, edited', 'second']
    if (lost === 'outgoing') await untilContents(ben, wanted)
    leader.die()
    await untilAllShow(wanted, [one, other, ben])
    await untilSettled(one)
    const { messages } = await until(ben, (shown) => shown.messages[0]?.reactions.length === 1)
    expect(messages[0]?.reactions).toEqual([{ emoji: '🎉', userIds: [ada.userId] }])
    expect(messages[0]?.record.version).toBe(2)
  },
)

test('P5 what was typed in a tab that died with its leader is carried out by the next to open', async () => {
  const [leader, follower] = [await open(), await open()]
  const id = leader.handle.send({ content: 'before' })
  await untilAllShow(['before'], [leader, follower, ben])
  leader.cut('incoming')
  follower.handle.send({ content: 'last words' })
  follower.handle.edit(id, 'last edit')
  follower.die()
  leader.die()
  expect(handovers()).toHaveLength(2)
  const next = await open()
  await untilAllShow(['last edit', 'last words'], [next, ben])
})

test('a tab in sight takes the lead from one that is frozen, which follows when it goes on', async () => {
  const [leader, follower] = [await open({ isVisible: false }), await open()]
  leader.handle.send({ content: 'before' })
  await untilAllShow(['before'], [follower])
  leader.freeze()
  follower.handle.send({ content: 'typed while nobody answered' })
  await untilAllShow(['before', 'typed while nobody answered'], [follower, ben])
  leader.goOn()
  await expect.poll(connections).toEqual([0, 1])
  leader.handle.send({ content: 'from the one that led' })
  await untilAllShow(
    ['before', 'typed while nobody answered', 'from the one that led'],
    [leader, follower, ben],
  )
})

test('P5 what a tab wrote when it had lost the lead unawares is delivered all the same', async () => {
  const [leader, follower] = [await open({ isVisible: false }), await open()]
  leader.handle.send({ content: 'before' })
  await untilAllShow(['before'], [leader, follower])
  leader.freeze()
  await expect.poll(() => follower.openSockets()).toBe(1)
  await untilSettled(follower)
  leader.setOnline(false)
  leader.handle.send({ content: 'unawares' })
  leader.goOn()
  await untilAllShow(['before', 'unawares'], [leader, follower, ben])
})

test('tabs of two versions each have an engine, until the older one is gone', async () => {
  const [old, renewed, third] = [
    await open({ version: '1' }),
    await open({ version: '2' }),
    await open({ version: '2' }),
  ]
  renewed.handle.send({ content: 'from the newer' })
  old.handle.send({ content: 'from the older' })
  await expect.poll(() => [screen(old), screen(third)].map((each) => each.length)).toEqual([2, 2])
  await expect.poll(connections).toEqual([1, 1, 1])
  old.die()
  await expect.poll(allConnections).toBe(1)
  third.handle.send({ content: 'afterwards' })
  await until(ben, ({ messages }) => messages.length === 3)
  await expect.poll(() => screen(renewed)).toEqual(screen(ben))
  await expect.poll(() => screen(third)).toEqual(screen(ben))
})

test.for(['answers', 'is frozen'] as const)(
  'signing out in a tab that follows deletes what all tabs have on this device (leader %s)',
  async (how) => {
    const [leader, follower] = [await open({ isOnline: false }), await open()]
    follower.handle.send({ content: 'never to be sent' })
    await until(leader, ({ messages }) => messages.length === 1)
    await expect.poll(handovers).toEqual([])
    if (how === 'is frozen') {
      leader.freeze()
      follower.handle.send({ content: 'on its way' })
      expect(handovers()).toHaveLength(1)
    }
    await follower.engine.erase()
    const names = (await indexedDB.databases()).map(({ name }) => name)
    expect(names.filter((name) => name?.includes(ada.userId))).toEqual([])
    expect(browser.storedKeys()).toEqual([])
    leader.goOn()
  },
)

async function untilContents(engine: TestEngine, contents: readonly string[]): Promise<void> {
  await expect
    .poll(() => engine.handle.snapshot().messages.map(({ record }) => record.content))
    .toEqual(contents)
}
