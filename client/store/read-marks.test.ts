import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Conversation } from '../../shared/document/names.ts'
import type { ChannelId, MessageId } from '../../shared/ids.ts'
import { createIdSequence } from '../../shared/testing/updates.ts'
import { createReadMarks, READ_INTERVAL_MS, type ReadMarks } from './read-marks.ts'

const nextId = createIdSequence()
const here: Conversation = { kind: 'channel', id: nextId<ChannelId>() }
const there: Conversation = { kind: 'channel', id: nextId<ChannelId>() }
const [first, second, third] = [nextId<MessageId>(), nextId<MessageId>(), nextId<MessageId>()]

let told: { id: string; messageId: MessageId }[]
let marks: ReadMarks

beforeEach(() => {
  vi.useFakeTimers()
  told = []
  marks = createReadMarks(({ conversation: { id }, messageId }) => told.push({ id, messageId }))
})
afterEach(() => vi.useRealTimers())

test('what is read is told at once, and of what follows soon the last, once', () => {
  marks.mark({ conversation: here, messageId: first })
  expect(told).toEqual([{ id: here.id, messageId: first }])
  expect(marks.isDue(here.id)).toBe(false)
  marks.mark({ conversation: here, messageId: second })
  marks.mark({ conversation: here, messageId: third })
  expect(told).toHaveLength(1)
  expect(marks.isDue(here.id)).toBe(true)
  vi.advanceTimersByTime(READ_INTERVAL_MS)
  expect(told.slice(1)).toEqual([{ id: here.id, messageId: third }])
  vi.advanceTimersByTime(READ_INTERVAL_MS)
  expect(told).toHaveLength(2)
  marks.mark({ conversation: here, messageId: second })
  expect(told).toHaveLength(3)
})

test('however much is read, no conversation is told of more than once in the interval', () => {
  for (let time = 0; time < 10 * READ_INTERVAL_MS; time += 100) {
    marks.mark({ conversation: here, messageId: nextId<MessageId>() })
    vi.advanceTimersByTime(100)
  }
  expect(told.length).toBeLessThanOrEqual(11)
  marks.mark({ conversation: there, messageId: first })
  expect(told.at(-1)).toEqual({ id: there.id, messageId: first })
})

test('a page that goes away tells what is due, and does not tell it again', () => {
  marks.mark({ conversation: here, messageId: first })
  marks.mark({ conversation: here, messageId: second })
  marks.flush()
  expect(told.map(({ messageId }) => messageId)).toEqual([first, second])
  vi.advanceTimersByTime(2 * READ_INTERVAL_MS)
  expect(told).toHaveLength(2)
})
