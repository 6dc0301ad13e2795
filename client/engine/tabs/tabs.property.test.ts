import fc from 'fast-check'
import { openDB } from 'idb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  startTestServer,
  type TestPerson,
  type TestServer,
} from '../../../server/testing/running-server.ts'
import type { MessageId } from '../../../shared/ids.ts'
import { isTombstone } from '../../../shared/records/message.ts'
import type { ConversationHandle } from '../engine-interface.ts'
import { openTestEngine, untilSettled, type TestEngine } from '../../testing/engine-kit.ts'
import { createTestBrowser, type TestTab } from '../../testing/tab-kit.ts'

/** What happens in one of the tabs of a browser; `pick` chooses the tab and the message. */
const stepsArbitrary = fc.array(
  fc.record({
    action: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom('send', 'send', 'edit', 'remove', 'react') },
      { weight: 5, arbitrary: fc.constantFrom('open', 'close', 'die', 'go deaf', 'go mute') },
      { weight: 2, arbitrary: fc.constantFrom('offline', 'online', 'settle', 'settle') },
    ),
    pick: fc.nat(20),
  }),
  { minLength: 8, maxLength: 40 },
)
type Step = { action: string; pick: number }
const MAX_TABS = 4

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let count = 0

beforeAll(async () => {
  const updates = { capacity: 100_000, perSecond: 1_000 }
  // So small that every run rolls several times.
  server = await startTestServer({
    limits: { updates, segments: { maxMessages: 4, maxClients: 20 } },
  })
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
})
afterAll(() => server.close())

/** Writes in this tab; notes what was written, and what was taken back. */
function write({ handle }: TestEngine, { action, pick }: Step, written: Set<MessageId>): void {
  if (action === 'send') written.add(handle.send({ content: `message ${pick}` }))
  const live = handle.snapshot().messages.filter(({ record }) => !isTombstone(record))
  const target = live.at(pick % Math.max(live.length, 1))
  if (target === undefined) return
  if (action === 'edit') handle.edit(target.id, `edited ${pick}`)
  if (action === 'react') handle.setReaction(target.id, '👍', pick % 3 > 0)
  if (action === 'remove') {
    handle.remove(target.id)
    written.delete(target.id)
  }
}

/** What the leading tab wrote itself is on disk a moment later; what others wrote may be anywhere. */
async function die(tab: TestTab): Promise<void> {
  await expect
    .poll(async () => {
      const onDisk = await messagesInOutbox()
      const { messages } = tab.handle.snapshot()
      const pending = messages.filter(({ delivery }) => delivery.state === 'pending')
      return !tab.isLeader() || pending.every(({ id }) => onDisk.has(id))
    })
    .toBe(true)
  tab.die()
}

async function messagesInOutbox(): Promise<Set<unknown>> {
  const database = await openDB(`connectnow-${ada.userId}-outbox`)
  const entries: { messageId: unknown }[] = await database.getAll('entries')
  database.close()
  return new Set(entries.map(({ messageId }) => messageId))
}

/**
 * A message that was delivered, repeated into the next segment and edited there before the server
 * said that it exists: its person sees the edit refused beside it, and gives it up.
 */
function giveUpRepeated(handle: ConversationHandle): void {
  for (const { delivery } of handle.snapshot().messages) {
    const isRepeated = delivery.state === 'refused' && delivery.refusal.code === 'already_exists'
    if (isRepeated) handle.discard(delivery.outboxId)
  }
}

/** All of the conversation is there, and nothing waits. */
function isSettled({ engine, handle }: TestEngine): boolean {
  const { phase, older } = handle.snapshot()
  const { connection, pendingCount } = engine.status.snapshot()
  return phase === 'ready' && older === 'none' && connection === 'online' && pendingCount === 0
}

const screenOf = ({ handle }: TestEngine): string =>
  JSON.stringify(
    handle.snapshot().messages.map(({ id, record, delivery, reactions }) => ({
      id,
      content: record.content,
      version: record.version,
      delivery,
      reactions,
    })),
  )

async function play(steps: readonly Step[]): Promise<void> {
  count += 1
  const channel = await server.createChannel(ada, { name: 'C', slug: `tabs-${count}` })
  await ada.request('POST', `/api/channels/${channel.id}/members`, { userId: ben.userId })
  const conversation = { kind: 'channel', id: channel.id } as const // else kind is any string
  const browser = createTestBrowser(server, ada, conversation)
  const reader = await openTestEngine(server, ben, conversation)
  const written = new Set<MessageId>()
  let isOnline = true
  let tabs: TestTab[] = [await browser.openTab(), await browser.openTab()]
  try {
    for (const step of steps) {
      const tab = tabs.at(step.pick % Math.max(tabs.length, 1))
      if (step.action === 'open' && tabs.length < MAX_TABS) {
        tabs.push(await browser.openTab({ isOnline }))
      } else if (step.action === 'offline' || step.action === 'online') {
        isOnline = step.action === 'online'
        for (const each of tabs) each.setOnline(isOnline)
      } else if (tab === undefined) continue
      else if (step.action === 'close' || step.action === 'die') {
        tabs = tabs.filter((each) => each !== tab)
        if (step.action === 'die') await die(tab)
        else await tab.close()
      } else if (step.action === 'go deaf' || step.action === 'go mute') {
        // What is written meanwhile reaches nobody, or nobody hears that it was carried out.
        tab.cut(step.action === 'go deaf' ? 'incoming' : 'outgoing')
        for (const each of tabs) write(each, { action: 'send', pick: step.pick }, written)
        tabs = tabs.filter((each) => each !== tab)
        await die(tab)
      } else if (step.action === 'settle') {
        if (isOnline) await untilSettled(tab)
      } else write(tab, step, written)
    }
    if (tabs.length === 0) tabs.push(await browser.openTab({ isOnline }))
    for (const each of tabs) each.setOnline(true)
    await expect
      .poll(
        () => {
          const all = [...tabs, reader]
          for (const { handle } of all) handle.loadOlder()
          for (const { handle } of tabs) giveUpRepeated(handle)
          const isWhole = all.every(isSettled)
          const isKept = browser.storedKeys().length > 0
          return isWhole && !isKept && new Set(all.map(screenOf)).size === 1
        },
        { timeout: 20_000 },
      )
      .toBe(true)
      .catch((error: unknown) => {
        // Which screens differ says more than that they do.
        expect(browser.storedKeys()).toEqual([])
        for (const each of tabs) expect(screenOf(each)).toEqual(screenOf(reader))
        throw error
      })
    const { messages } = reader.handle.snapshot()
    expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length)
    const ids = new Set(messages.flatMap(({ id, record }) => (isTombstone(record) ? [] : [id])))
    expect([...written].filter((id) => !ids.has(id))).toEqual([])
    const connections = (): number => tabs.reduce((sum, each) => sum + each.openSockets(), 0)
    await expect.poll(connections).toBe(1)
  } finally {
    await browser.close()
    await reader.close()
  }
}

test('P5 P6 whatever tabs open, close and die, nothing is lost or doubled, and all show the same', async () => {
  await fc.assert(fc.asyncProperty(stepsArbitrary, play), { numRuns: 25, endOnFailure: true })
}, 240_000)
