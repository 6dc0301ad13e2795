import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { problemSchema } from '../../shared/api/problem.ts'
import { searchMessagesResponseSchema } from '../../shared/api/search.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'

let server: TestServer
let ada: TestPerson
/** People ask no more often than the server lets them. */
let time = Date.now()
beforeAll(async () => {
  server = await startTestServer({ now: () => time })
  ada = await server.signUp('Ada')
  const { id } = await server.createChannel(ada, { name: 'General', slug: 'general' })
  const content = 'say "hello" to <b>everybody</b>'
  expect((await ada.request('POST', `/api/channels/${id}/messages`, { content })).status).toBe(201)
})
afterAll(() => server.close())

async function search(q: string): Promise<Response> {
  time += 1_000
  return ada.request('GET', `/api/messages/search?q=${encodeURIComponent(q)}`)
}

test('no query is an error over HTTP, whatever it holds', async () => {
  const piece = fc.oneof(
    fc.constantFrom('"', '-', '*', ':', ' ', '\0', '%', '&', '#', '+', "'", '\\', 'hello', 'from:'),
    fc.constantFrom('(', ')', 'AND', 'NOT', 'OR', 'NEAR(', '^', '{', '}', ';--', 'in:', 'before:'),
    fc.string({ unit: 'binary', maxLength: 6 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async (pieces) => {
      const answer = await search(pieces.join('').toWellFormed())
      expect(answer.status).toBe(200)
      searchMessagesResponseSchema.parse(await answer.json())
    }),
    { numRuns: 50 },
  )
})

test.each(['"', '(', '* ', '-', '東', '👍', 'שלום ', 'from:', 'a', 'a '])(
  'ten thousand bytes of %j are no error over HTTP',
  async (sign) => {
    const count = Math.floor(10_240 / Buffer.byteLength(sign))
    expect((await search(sign.repeat(count))).status).toBe(200)
  },
)

test('the longest query of the longest characters is no error', async () => {
  expect((await search('東'.repeat(12_000))).status).toBe(200)
})

test('a longer query than any is refused, and says so', async () => {
  const answer = await search('a'.repeat(12_001))
  expect(answer.status).toBe(400)
  expect(problemSchema.parse(await answer.json())).toMatchObject({ code: 'invalid_request' })
})

test('what was found is marked by places in the text, which is as it was written', async () => {
  const answer = searchMessagesResponseSchema.parse(await (await search('everybody')).json())
  const [result] = answer.results
  const { text = '', highlights = [] } = result?.snippet ?? {}
  expect(text).toBe('say "hello" to <b>everybody</b>')
  expect(highlights.map(({ start, end }) => text.slice(start, end))).toEqual(['everybody'])
})
