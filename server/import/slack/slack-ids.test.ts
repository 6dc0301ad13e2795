import fc from 'fast-check'
import { expect, test } from 'vitest'
import { messageIdSchema } from '../../../shared/ids.ts'
import { MAX_PARTS } from '../derive-id.ts'
import { channelIdOf, messageIdOf, personIdOf, readSlackTime } from './slack-ids.ts'

const channel = { workspace: 'T1', slackId: 'C1' }
const time = fc.tuple(fc.nat(4_000_000_000), fc.nat(999_999)).map(([seconds, micros]) => ({
  seconds,
  micros,
  ts: `${seconds}.${String(micros).padStart(6, '0')}`,
}))

test('the same Slack message always has the same id, another one another', () => {
  fc.assert(
    fc.property(time, time, (one, other) => {
      expect(messageIdOf(channel, one.ts)).toBe(messageIdOf(channel, one.ts))
      expect(messageIdOf(channel, one.ts) === messageIdOf(channel, other.ts)).toBe(
        one.ts === other.ts,
      )
    }),
  )
  const elsewhere = [
    { ...channel, slackId: 'C2' },
    { ...channel, workspace: 'T2' },
    { workspace: '', slackId: 'T1C1' },
  ].map((place) => messageIdOf(place, '1.000000'))
  expect(new Set([messageIdOf(channel, '1.000000'), ...elsewhere]).size).toBe(4)
})

test('ids are UUIDv7 of the message’s own time, and sort as Slack’s timestamps and parts do', () => {
  fc.assert(
    fc.property(time, time, fc.nat(MAX_PARTS - 1), fc.nat(MAX_PARTS - 1), (a, b, partA, partB) => {
      const [one, other] = [messageIdOf(channel, a.ts, partA), messageIdOf(channel, b.ts, partB)]
      expect(messageIdSchema.safeParse(one).success).toBe(true)
      expect(Number.parseInt(one.replace('-', '').slice(0, 12), 16)).toBe(readSlackTime(a.ts).ms)
      const order = a.seconds - b.seconds || a.micros - b.micros || partA - partB
      expect(Math.sign(order)).toBe(one < other ? -1 : one > other ? 1 : 0)
    }),
  )
})

test('a timestamp is the same however many of its digits are written', () => {
  expect(messageIdOf(channel, '12.5')).toBe(messageIdOf(channel, '12.500000'))
})

test('people and channels have ids of their own kind', () => {
  expect(personIdOf('T1', 'X1')).not.toBe(channelIdOf('T1', 'X1', 0))
  expect(personIdOf('T1', 'X1')).toBe(personIdOf('T1', 'X1'))
})
