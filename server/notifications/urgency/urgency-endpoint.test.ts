import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { createUrgencyEndpoint } from './urgency-endpoint.ts'
import type { UrgencyJudge, UrgencyQuestion } from './urgency-question.ts'

const question: UrgencyQuestion = {
  text: 'can you come?',
  isToOnePerson: true,
  earlier: [{ text: 'the pump leaks', secondsBefore: 60 }],
  relation: 'knows',
}
const FALLBACK = 0.25
const endings: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of endings.splice(0)) await end()
})

/** A model on loopback, and whoever asks it. */
async function startModel(answer: RequestListener): Promise<{
  judge: UrgencyJudge
  asked: unknown[]
  faults: unknown[]
  pass: (ms: number) => void
}> {
  const asked: unknown[] = []
  const faults: unknown[] = []
  let time = 0
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      asked.push(body)
      answer(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server has no other kind of address
  endings.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  const judge = createUrgencyEndpoint({
    url: `http://127.0.0.1:${port}/`,
    fallback: () => FALLBACK,
    now: () => time,
    onFailure: (error) => faults.push(error),
  })
  return { judge, asked, faults, pass: (ms) => (time += ms) }
}

test('a model of one’s own is asked, and its answer taken', async () => {
  const { judge, asked, faults } = await startModel((_, response) => response.end('{"score":0.8}'))
  expect(await judge(question)).toBe(0.8)
  expect(asked).toEqual([question])
  expect(faults).toEqual([])
})

const faultyAnswers: [what: string, answer: RequestListener][] = [
  ['answers nonsense', (_, response) => response.end('urgent')],
  ['answers out of bounds', (_, response) => response.end('{"score":7}')],
  ['fails', (_, response) => response.writeHead(500).end()],
  ['sends one elsewhere', (_, response) => response.writeHead(302, { location: '/x' }).end()],
  ['answers without an end', (_, response) => response.end('x'.repeat(100_000))],
  ['hangs up', (_, response) => response.destroy()],
  ['is silent', () => undefined],
]

test.each(faultyAnswers)('a model that %s is replaced by the built-in rules', async (_, answer) => {
  const { judge, faults } = await startModel(answer)
  expect(await judge(question)).toBe(FALLBACK)
  expect(faults).toHaveLength(1)
})

test('a model that failed is left alone for a while', async () => {
  let isWell = false
  const { judge, asked, pass } = await startModel((_, response) =>
    response.writeHead(isWell ? 200 : 500).end('{"score":1}'),
  )
  await judge(question)
  isWell = true
  expect(await judge(question)).toBe(FALLBACK)
  expect(asked).toHaveLength(1)
  pass(60_000)
  expect(await judge(question)).toBe(1)
})
