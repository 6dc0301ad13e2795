import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../../server/database/open-database.ts'
import { createJournal } from '../../server/journal/journal.ts'
import { createLoadDocument } from '../../server/journal/load-document.ts'
import { verify } from '../../server/admin/verify.ts'
import {
  startTestServer,
  type TestPerson,
  type TestServer,
} from '../../server/testing/running-server.ts'
import { openTestEngine, untilSettled, type TestEngine } from '../testing/engine-kit.ts'

/** What one of three people does next; `pick` chooses among the messages that they see. */
const stepArbitrary = fc.record({
  who: fc.nat(2),
  action: fc.constantFrom(
    'send',
    'send',
    'reply',
    'edit',
    'remove',
    'react',
    'unreact',
    'pin',
    'unpin',
    'offline',
    'online',
    'reload',
    'settle',
  ),
  pick: fc.nat(20),
})
interface Step {
  action: string
  pick: number
}

let server: TestServer
let people: TestPerson[]
let count = 0

beforeAll(async () => {
  // Runs follow each other faster than anybody types.
  const updates = { capacity: 100_000, perSecond: 1_000 }
  // So small that every run rolls several times.
  const segments = { maxMessages: 4, maxClients: 20 }
  server = await startTestServer({ limits: { updates, segments } })
  people = [await server.signUp('Ada'), await server.signUp('Ben'), await server.signUp('Cleo')]
})
afterAll(() => server.close())

function act({ handle }: TestEngine, { action, pick }: Step, author: TestPerson): void {
  const { messages } = handle.snapshot()
  const live = messages.filter(({ record }) => !('deletedAt' in record))
  const target = live.at(pick % Math.max(live.length, 1))
  const mine = live.filter(({ record }) => record.authorId === author.userId)
  const own = mine.at(pick % Math.max(mine.length, 1))
  if (action === 'send') handle.send({ content: `message ${pick}` })
  if (target === undefined) return
  if (action === 'reply') handle.send({ content: `reply ${pick}`, parentId: target.id })
  if (action === 'react') handle.setReaction(target.id, pick % 2 === 0 ? '👍' : '🎉', true)
  if (action === 'unreact') handle.setReaction(target.id, pick % 2 === 0 ? '👍' : '🎉', false)
  if (action === 'pin') handle.setPinned(target.id, true)
  if (action === 'unpin') handle.setPinned(target.id, false)
  if (own === undefined) return
  if (action === 'edit') handle.edit(own.id, `edited ${pick}`)
  if (action === 'remove') handle.remove(own.id)
}

const screenOf = ({ handle }: TestEngine): unknown =>
  handle.snapshot().messages.map(({ id, record, delivery, reactions, isPinned, replyCount }) => ({
    id,
    record,
    delivery,
    isPinned,
    replyCount,
    reactions: reactions
      .map(({ emoji, userIds }) => [emoji, userIds.toSorted()])
      .toSorted((one, other) => (String(one[0]) < String(other[0]) ? -1 : 1)),
  }))

test('P6 any interleaving, partition and reload ends in equal screens and equal tables', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepArbitrary, { minLength: 5, maxLength: 40 }), async (steps) => {
      count += 1
      const [owner, ...others] = people
      if (owner === undefined) return
      const channel = await server.createChannel(owner, { name: 'C', slug: `run-${count}` })
      for (const { userId } of others) {
        await owner.request('POST', `/api/channels/${channel.id}/members`, { userId })
      }
      const conversation = { kind: 'channel', id: channel.id } as const // else kind is any string
      const isOnline = [true, true, true]
      const open = (index: number): Promise<TestEngine> =>
        openTestEngine(server, people[index] ?? owner, conversation, {
          isOnline: isOnline[index] ?? true,
        })
      const engines = await Promise.all([open(0), open(1), open(2)])
      try {
        for (const step of steps) {
          const engine = engines[step.who]
          const author = people[step.who]
          if (engine === undefined || author === undefined) continue
          if (step.action === 'offline' || step.action === 'online') {
            isOnline[step.who] = step.action === 'online'
            engine.setOnline(step.action === 'online')
          } else if (step.action === 'reload') {
            await engine.close()
            engines[step.who] = await open(step.who)
          } else if (step.action === 'settle') {
            if (isOnline[step.who]) await untilSettled(engine)
          } else act(engine, step, author)
        }
        const [one, two, three] = engines
        for (const engine of engines) engine.setOnline(true)
        await expect
          .poll(
            async () => {
              for (const engine of engines) await untilSettled(engine)
              const screens = engines.map((engine) => JSON.stringify(screenOf(engine)))
              return new Set(screens).size
            },
            { timeout: 20_000 },
          )
          .toBe(1)
        expect(screenOf(one)).toEqual(screenOf(two))
        expect(screenOf(two)).toEqual(screenOf(three))
        const sent = one.handle.snapshot().messages
        expect(sent.every(({ delivery }) => delivery.state === 'sent')).toBe(true)
        const response = await owner.request(
          'GET',
          `/api/channels/${channel.id}/messages?limit=100`,
        )
        const page = z
          .object({ messages: z.array(z.object({ id: z.string(), content: z.string() })) })
          .parse(await response.json())
        expect(page.messages.map(({ id, content }) => ({ id, content }))).toEqual(
          sent.map(({ id, record }) => ({ id, content: record.content })),
        )
      } finally {
        await Promise.all(engines.map((engine) => engine.close()))
      }
    }),
    { numRuns: 60, endOnFailure: true },
  )
  const { sqlite, close } = openDatabase(server.databasePath)
  const journal = createJournal({ sqlite, now: Date.now, randomClientId: () => 1 })
  expect(verify(sqlite, createLoadDocument(sqlite, journal))).toEqual([])
  await close()
}, 300_000)
