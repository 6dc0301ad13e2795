import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { problemSchema } from '../../../shared/api/problem.ts'
import { errorCodes } from '../../../shared/errors.ts'
import { startTestServer, type TestServer } from '../../testing/running-server.ts'
import { listFields, typeOf } from './list-fields.ts'
import { docsPage } from './docs-page.ts'

const documentSchema = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        operationId: z.string(),
        tags: z.array(z.string()),
        parameters: z.array(z.object({ name: z.string() })).default([]),
      }),
    ),
  ),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
})

describe('the page of a running server', () => {
  let server: TestServer
  let page: string
  let contract: string
  let openApi: z.infer<typeof documentSchema>

  beforeAll(async () => {
    server = await startTestServer()
    page = await (await fetch(`${server.url}/api/docs`)).text()
    contract = await (await fetch(`${server.url}/api/openapi.json`)).text()
    openApi = documentSchema.parse(JSON.parse(contract))
  })
  afterAll(() => server.close())

  test('every operation has an article of its own, with each of its parameters', () => {
    const operations = Object.values(openApi.paths).flatMap((item) => Object.values(item))
    const ids = operations.map(({ operationId }) => operationId)
    expect(ids.length).toBeGreaterThan(80)
    expect(new Set(ids).size).toBe(ids.length)
    const articles = new Map(
      page.split('<article id="').map((part) => [part.slice(0, part.indexOf('"')), part]),
    )
    for (const { operationId, parameters } of operations) {
      const article = articles.get(operationId)
      for (const { name } of parameters) expect(article).toContain(name)
    }
  })

  test('every link within the page leads somewhere', () => {
    const anchors = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id)
    expect(links.length).toBeGreaterThan(100)
    expect(links.filter((id) => !anchors.has(id))).toEqual([])
  })

  test('the type of a problem leads to what its code means', async () => {
    const problem = problemSchema.parse(await (await fetch(`${server.url}/api/channels`)).json())
    expect(problem.type).toBe('/api/docs#unauthenticated')
    for (const code of errorCodes) expect(page).toContain(`<tr id="${code}">`)
  })

  test('records have names, which the operations refer to', () => {
    expect(Object.keys(openApi.components.schemas)).toContain('Message')
    expect(contract).toContain('"$ref":"#/components/schemas/Message"')
  })
})

test('words of the document are text on the page', async () => {
  const hostile = '<script>alert(1)</script>'
  const operation = {
    operationId: 'look',
    tags: ['All'],
    summary: hostile,
    responses: { 200: { description: hostile } },
  }
  const page = await docsPage({
    info: { title: hostile, version: '1' },
    tags: [{ name: 'All' }],
    paths: { '/look': { get: operation } },
    components: { schemas: {} },
  })
  expect(page.toString()).not.toContain('<script>')
})

describe('fields', () => {
  test('nested ones stand below their names', () => {
    const author = { properties: { id: { type: 'string', required: [] } }, required: ['id'] }
    const shape = {
      required: ['author'],
      properties: {
        author: { type: 'object', ...author },
        readers: { type: 'array', required: [], items: { type: 'object', ...author } },
      },
    }
    expect(listFields(shape).map(({ name, isRequired }) => [name, isRequired])).toEqual([
      ['author', true],
      ['author.id', true],
      ['readers', false],
      ['readers[].id', true],
    ])
  })

  test.each([
    [{ $ref: '#/components/schemas/Message' }, 'Message'],
    [{ type: 'array', items: { $ref: '#/components/schemas/User', required: [] } }, 'list of User'],
    [{ type: ['string', 'null'] }, 'string or null'],
    [{ type: 'integer', minimum: 1, maximum: 100, default: 20 }, 'integer, 1 to 100, default 20'],
    [{ type: 'string', minLength: 1 }, 'string, 1 or more characters'],
    [{ type: 'string', enum: ['PUBLIC', 'PRIVATE'] }, '"PUBLIC" or "PRIVATE"'],
    [{ type: 'string', pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-x$' }, 'UUIDv7'],
    [{ type: 'integer', minimum: 0, maximum: 8_640_000_000_000_000 }, 'integer'],
  ])('%j is called %s', (shape, words) => {
    expect(typeOf({ required: [], ...shape })).toBe(words)
  })
})
