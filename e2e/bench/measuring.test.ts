import { expect, test } from 'vitest'
import { createSeededRandom } from '../testing/seeded-random.ts'
import { formatVerdict, judgeAim } from './aims.ts'
import { parseBenchArguments } from './bench-arguments.ts'
import { formatTable } from './bench-result.ts'
import { newMessages } from './clients/new-messages.ts'
import { createDeliveryTally } from './delivery-tally.ts'
import { makeText } from './load-texts.ts'
import { percentile } from './percentile.ts'
import { summarise } from './rest/measure-beside.ts'

test('reads which benchmark to run, and how much of it', () => {
  expect(parseBenchArguments(['fanout'])).toEqual({
    name: 'fanout',
    seconds: undefined,
    clients: undefined,
    messages: undefined,
    into: 'bench-results',
    store: undefined,
  })
  expect(parseBenchArguments(['fanout', '--clients', '5,10', '--seconds', '3'])).toMatchObject({
    seconds: 3,
    clients: [5, 10],
  })
  expect(parseBenchArguments(['open', '--messages', '10,20', '--into', '/tmp'])).toMatchObject({
    messages: [10, 20],
    into: '/tmp',
  })
  expect(parseBenchArguments(['rest', '--store', '/tmp/kept'])).toMatchObject({
    store: '/tmp/kept',
  })
})

test('says what is wrong with the arguments', () => {
  expect(() => parseBenchArguments([])).toThrow('npm run bench')
  expect(() => parseBenchArguments(['nothing'])).toThrow('npm run bench')
  expect(() => parseBenchArguments(['fanout', '--loud', '1'])).toThrow('npm run bench')
  expect(() => parseBenchArguments(['fanout', '--seconds', '0'])).toThrow('--seconds')
  expect(() => parseBenchArguments(['fanout', '--clients', '5,'])).toThrow('--clients')
})

test('finds percentiles of sorted values', () => {
  const values = Float64Array.from({ length: 100 }, (_, index) => index + 1)
  expect(percentile(values, 0.5)).toBe(50)
  expect(percentile(values, 0.99)).toBe(99)
  expect(percentile(values, 1)).toBe(100)
  expect(percentile(Float64Array.of(7), 0.5)).toBe(7)
  expect(percentile(new Float64Array(), 0.5)).toBeNaN()
})

test('takes several runs of the same requests as one', () => {
  const run = { serverCpuMs: 4, clientCpuMs: 2, bytes: 300 }
  const runs = [
    { ...run, timesMs: [1, 5], tookMs: 500 },
    { ...run, timesMs: [3, 4], tookMs: 1_500 },
  ]
  expect(summarise(runs)).toEqual({
    ...{ perSecond: 2, p50Ms: 3, p99Ms: 5 },
    ...{ serverCpuMs: 2, clientCpuMs: 1, meanBytes: 150 },
  })
})

const aim = { what: 'p99', baseline: 'relay', baselineValue: 10, times: 1.5 } as const

test('judges an aim by its ratio to the baseline', () => {
  expect(judgeAim({ ...aim, value: 15, bound: 'at most' })).toMatchObject({
    ratio: 1.5,
    holds: true,
  })
  expect(judgeAim({ ...aim, value: 16, bound: 'at most' }).holds).toBe(false)
  expect(judgeAim({ ...aim, value: 16, bound: 'at least' }).holds).toBe(true)
  expect(judgeAim({ ...aim, value: 14, bound: 'at least' }).holds).toBe(false)
  expect(formatVerdict(judgeAim({ ...aim, value: 16, bound: 'at most' }))).toBe(
    'MISSED p99: 1.60 times relay, aim at most 1.5',
  )
})

test('an aim does not hold when something was not measured', () => {
  expect(judgeAim({ ...aim, value: Number.NaN, bound: 'at most' }).holds).toBe(false)
  expect(judgeAim({ ...aim, value: Number.NaN, bound: 'at least' }).holds).toBe(false)
})

test('counts each delivery once, and those that come twice', () => {
  const tally = createDeliveryTally({ run: 2, receivers: [0, 1, 2], senders: [0, 1] })
  const first = tally.label({ number: 0, sender: 0, dueAt: 100.5, text: 'a: b' })
  const second = tally.label({ number: 1, sender: 1, dueAt: 110, text: 'c' })
  tally.note(0, first, 101)
  tally.note(1, first, 103.5)
  tally.note(2, first, 104.5)
  tally.note(2, second, 111)
  expect(tally.isComplete()).toBe(false)
  tally.note(2, second, 112)
  tally.note(0, second, 112)
  tally.note(0, '1:0:1:90: of an earlier run', 112)
  expect(tally.isComplete()).toBe(true)
  expect(tally.deliveries()).toBe(4)
  expect(tally.duplicates()).toBe(1)
  expect([...tally.latencies()]).toEqual([3, 4, 1, 2])
})

test('finds what is new on a screen wherever it stands', () => {
  const shown = ['a', 'b', 'c'].map((id) => ({ id }))
  const idsOf = (after: string[]): string[] =>
    newMessages(
      shown,
      after.map((id) => ({ id })),
    )
      .map(({ id }) => id)
      .toSorted()
  expect(idsOf(['a', 'b', 'c'])).toEqual([])
  expect(idsOf(['a', 'b', 'c', 'd', 'e'])).toEqual(['d', 'e'])
  expect(idsOf(['a', 'x', 'b', 'c', 'y'])).toEqual(['x', 'y'])
  expect(idsOf(['b', 'c', 'd'])).toEqual(['d'])
  expect(idsOf(['0', 'a', 'b', 'c'])).toEqual(['0'])
})

test('makes texts of the lengths that people write', () => {
  const random = createSeededRandom(1)
  const lengths = Array.from({ length: 20_000 }, () => makeText(random).length)
  const sorted = Float64Array.from(lengths).toSorted()
  expect(percentile(sorted, 0.5)).toBeGreaterThan(75)
  expect(percentile(sorted, 0.5)).toBeLessThan(95)
  expect(percentile(sorted, 0.99)).toBeGreaterThan(2_100)
  expect(percentile(sorted, 0.99)).toBeLessThan(3_100)
})

test('shows figures in columns', () => {
  const rows = [
    { server: 'ours', ms: 1.234, count: 1_000_000 },
    { server: 'another', ms: 123.4 },
  ]
  expect(formatTable(rows).split('\n')).toEqual([
    'server     ms    count',
    'ours     1.23  1000000',
    'another   123',
  ])
})
