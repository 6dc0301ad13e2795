/**
 * Whole histories at random: people with wrong clocks write, lose the network, reload and crash,
 * are removed and added again, while the server restarts and conversations roll. `SIMULATION_RUNS`
 * makes it longer; a failure names the variables that repeat it.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { verify } from '../../server/admin/verify.ts'
import { createJournal } from '../../server/journal/journal.ts'
import { createLoadDocument } from '../../server/journal/load-document.ts'
import {
  startTestServer,
  type TestPerson,
  type TestServer,
} from '../../server/testing/running-server.ts'
import type { MessageId } from '../../shared/ids.ts'
import { isTombstone } from '../../shared/records/message.ts'
import { openTestEngine, untilSettled, type TestEngine } from '../testing/engine-kit.ts'

const settings = z
  .object({
    SIMULATION_RUNS: z.coerce.number().int().min(1).default(40),
    SIMULATION_SEED: z.coerce.number().int().optional(),
    SIMULATION_PATH: z.string().optional(),
  })
  .parse(process.env)

const HOUR_MS = 3_600_000
const MS_A_RUN = 5_000
const TIMEOUT_MS = 60_000 + settings.SIMULATION_RUNS * MS_A_RUN
/** How wrong the clock of each person's device is. The first owns the channel, and stays in it. */
const SKEWS_MS = [0, 2 * HOUR_MS, -72 * HOUR_MS, 0, 366 * 24 * HOUR_MS]
const REMOVABLE = 3

const step = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('send', 'send', 'reply', 'edit', 'remove') },
  { weight: 4, arbitrary: fc.constantFrom('react', 'unreact', 'pin', 'unpin') },
  { weight: 6, arbitrary: fc.constantFrom('offline', 'online', 'reload', 'settle') },
  { weight: 1, arbitrary: fc.constantFrom('restart', 'leave', 'return') },
)
const stepsArbitrary = fc.array(
  fc.record({ who: fc.nat(SKEWS_MS.length - 1), action: step, pick: fc.nat(30) }),
  { minLength: 10, maxLength: 60 },
)
type Step = z.infer<typeof stepSchema>
const stepSchema = z.object({ who: z.number(), action: z.string(), pick: z.number() })

let server: TestServer
const people: TestPerson[] = []
let count = 0

beforeAll(async () => {
  const updates = { capacity: 1_000_000, perSecond: 1_000 }
  // So small that every run rolls several times.
  const segments = { maxMessages: 5, maxClients: 40 }
  server = await startTestServer({ limits: { updates, segments } })
  for (const index of SKEWS_MS.keys()) people.push(await server.signUp(`Person${index}`))
})
afterAll(() => server.close())

interface Participant {
  person: TestPerson
  engine: TestEngine
  isOnline: boolean
  /** What they wrote, and did not delete. */
  written: Set<MessageId>
}

function write({ engine: { handle }, person, written }: Participant, { action, pick }: Step): void {
  const live = handle.snapshot().messages.filter(({ record }) => !isTombstone(record))
  const target = live.at(pick % Math.max(live.length, 1))
  const mine = live.filter(({ record }) => record.authorId === person.userId)
  const own = mine.at(pick % Math.max(mine.length, 1))
  if (action === 'send') written.add(handle.send({ content: `message ${pick}` }))
  if (target === undefined) return
  if (action === 'reply') {
    written.add(handle.send({ content: `reply ${pick}`, parentId: target.id }))
  }
  if (action === 'react') handle.setReaction(target.id, '👍', true)
  if (action === 'unreact') handle.setReaction(target.id, '👍', false)
  if (action === 'pin') handle.setPinned(target.id, true)
  if (action === 'unpin') handle.setPinned(target.id, false)
  if (own === undefined) return
  if (action === 'edit') handle.edit(own.id, `edited ${pick}`)
  if (action === 'remove') {
    handle.remove(own.id)
    written.delete(own.id)
  }
}

/** Tries everything again that was refused, as its person would. */
function retryAll({ engine: { handle } }: Participant): number {
  const { messages, undelivered } = handle.snapshot()
  const refused = [
    ...messages.flatMap(({ delivery }) => (delivery.state === 'refused' ? [delivery] : [])),
    ...undelivered,
  ]
  for (const { outboxId, refusal } of refused) {
    // There is nothing left to edit: its person gives it up.
    if (refusal.code === 'already_deleted') handle.discard(outboxId)
    else handle.retry(outboxId)
  }
  return refused.length
}

const screenOf = ({ engine }: Participant): unknown =>
  engine.handle.snapshot().messages.map(({ id, record, delivery, reactions, isPinned }) => ({
    id,
    record,
    state: delivery.state,
    isPinned,
    reactions: reactions.map(({ emoji, userIds }) => [emoji, userIds.toSorted()]),
  }))

async function simulate(steps: readonly Step[]): Promise<void> {
  count += 1
  const [owner, ...others] = people
  if (owner === undefined) return
  const channel = await server.createChannel(owner, { name: 'C', slug: `simulated-${count}` })
  const members = `/api/channels/${channel.id}/members`
  for (const { userId } of others) await owner.request('POST', members, { userId })
  const removable = people[REMOVABLE]?.userId
  const open = (index: number, isOnline: boolean): Promise<TestEngine> =>
    openTestEngine(
      server,
      people[index] ?? owner,
      { kind: 'channel', id: channel.id },
      {
        isOnline,
        now: () => Date.now() + (SKEWS_MS[index] ?? 0),
      },
    )
  const participants = await Promise.all(
    people.map(async (person, index): Promise<Participant> => {
      const engine = await open(index, true)
      engine.engine.keepCopies([{ kind: 'channel', id: channel.id }])
      return { person, engine, isOnline: true, written: new Set() }
    }),
  )
  try {
    for (const each of steps) {
      const participant = participants[each.who]
      if (participant === undefined) continue
      if (each.action === 'offline' || each.action === 'online') {
        participant.isOnline = each.action === 'online'
        participant.engine.setOnline(participant.isOnline)
      } else if (each.action === 'reload') {
        await participant.engine.close()
        participant.engine = await open(each.who, participant.isOnline)
      } else if (each.action === 'restart') await server.restart()
      else if (each.action === 'leave') await owner.request('DELETE', `${members}/${removable}`)
      else if (each.action === 'return') await owner.request('POST', members, { userId: removable })
      else if (each.action !== 'settle') write(participant, each)
      else if (participant.isOnline) {
        await expect.poll(() => participant.engine.engine.status.snapshot().pendingCount).toBe(0)
      }
    }
    await owner.request('POST', members, { userId: removable })
    for (const { engine } of participants) engine.setOnline(true)
    await expect
      .poll(
        async () => {
          for (const participant of participants) {
            await untilSettled(participant.engine)
            participant.engine.handle.loadOlder()
          }
          const refused = participants.reduce((sum, each) => sum + retryAll(each), 0)
          const screens = participants.map((each) => JSON.stringify(screenOf(each)))
          return refused === 0 && new Set(screens).size === 1
        },
        { timeout: 30_000 },
      )
      .toBe(true)
      .catch((error: unknown) => {
        // Which screens differ says more than that they do.
        const [first, ...rest] = participants.map(screenOf)
        for (const other of rest) expect(other).toEqual(first)
        throw error
      })
    const shown = participants[0]?.engine.handle.snapshot().messages ?? []
    expect(new Set(shown.map(({ id }) => id)).size).toBe(shown.length)
    const ids = new Set<string>(
      shown.filter(({ record }) => !isTombstone(record)).map(({ id }) => id),
    )
    const lost = participants.flatMap(({ written }) => [...written].filter((id) => !ids.has(id)))
    expect(lost).toEqual([])
  } finally {
    await Promise.all(participants.map(({ engine }) => engine.close()))
  }
}

test(
  'P5 P6 whatever happens to five people and their server, all ends equal and nothing is lost',
  async () => {
    const { SIMULATION_RUNS, SIMULATION_SEED, SIMULATION_PATH } = settings
    const result = await fc.check(fc.asyncProperty(stepsArbitrary, simulate), {
      numRuns: SIMULATION_RUNS,
      endOnFailure: true,
      ...(SIMULATION_SEED === undefined ? {} : { seed: SIMULATION_SEED }),
      ...(SIMULATION_PATH === undefined ? {} : { path: SIMULATION_PATH }),
    })
    if (result.failed) {
      throw new Error(
        `To repeat: SIMULATION_SEED=${result.seed} SIMULATION_PATH=${result.counterexamplePath} npm run test:unit client/engine/simulation\n${JSON.stringify(result.counterexample)}`,
        { cause: result.errorInstance },
      )
    }
    const journal = createJournal({ sqlite: server.sqlite, now: Date.now, randomClientId: () => 1 })
    expect(verify(server.sqlite, createLoadDocument(server.sqlite, journal))).toEqual([])
  },
  TIMEOUT_MS,
)
