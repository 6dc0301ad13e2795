import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { messageRecordSchema } from '../../../shared/records/message.ts'
import { inventHistory } from './bench-history.ts'
import { gzippedJsonBytes } from './gzipped-json.ts'
import { readHistory } from './read-history.ts'

test('invents the same history each time', () => {
  const invent = () =>
    inventHistory([3, 5], ['one', 'two']).channels.map(({ id, messages }) => [id, ...messages()])
  expect(invent()).toEqual(invent())
  expect(invent().map(({ length }) => length)).toEqual([4, 6])
})

test('invents and reads records that the guard takes, oldest first, each once', async () => {
  const histories = [inventHistory([200], ['text']), await readHistory(500)]
  for (const { channels, people } of histories) {
    const known = new Set(people)
    for (const { count, messages } of channels) {
      const all = [...messages()]
      expect(all).toHaveLength(count)
      expect(new Set(all.map(({ id }) => id)).size).toBe(count)
      const times = all.map(({ record }) => record.createdAt)
      expect(times).toEqual(times.toSorted((one, other) => one - other))
      for (const { record } of all) {
        expect(messageRecordSchema.parse(record)).toEqual(record)
        expect(known.has(record.authorId)).toBe(true)
      }
    }
  }
})

test('reads as many messages as it is asked for', async () => {
  const { channels } = await readHistory(321)
  expect(channels.reduce((sum, { count }) => sum + count, 0)).toBe(321)
})

test('weighs messages as the gzipped JSON of them all', async () => {
  const [channel] = inventHistory([1_234], ['some text', 'another']).channels
  const messages = [...(channel?.messages() ?? [])]
  const json = JSON.stringify(messages.map(({ id, record }) => ({ id, ...record })))
  const whole = gzipSync(json)
  expect(gunzipSync(whole).toString()).toBe(json)
  const bytes = await gzippedJsonBytes(messages)
  expect(bytes / whole.length).toBeGreaterThan(0.98)
  expect(bytes / whole.length).toBeLessThan(1.02)
})
