import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { createApiClient, type ApiClient } from '../../shared/api/create-api-client.ts'
import { operations, type Operation } from '../../shared/api/operations.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { createApp, json, jsonBody } from './api-context.ts'
import { dropPatternFlags } from './docs/drop-pattern-flags.ts'

const mediaSchema = z.object({ schema: z.looseObject({ anyOf: z.array(z.unknown()).optional() }) })
const contentSchema = z.object({ content: z.record(z.string(), mediaSchema).optional() })
const operationSchema = z.object({
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string() })).default([]),
  requestBody: contentSchema.optional(),
  responses: z.record(z.string(), contentSchema),
})
const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
})
type Document = z.infer<typeof documentSchema>

const entries: [string, Operation][] = Object.entries(operations)

let server: TestServer
let ada: TestPerson
let client: ApiClient

beforeAll(async () => {
  server = await startTestServer()
  ada = await server.signUp('Ada')
  client = createApiClient(async ({ method, path, body }) => {
    const response = await ada.request(method, `/api${path}`, body)
    return response.status === 204 ? undefined : response.json()
  })
})
afterAll(() => server.close())

/** What of an operation the browser's client is typed by. */
function partsOf({ paths }: Document, name: string): unknown {
  const [method = '', path = ''] = name.split(' ')
  const operation = paths[path]?.[method.toLowerCase()]
  const successes = Object.entries(operation?.responses ?? {}).filter(([status]) => status < '300')
  return {
    isThere: operation !== undefined,
    query: operation?.parameters.filter((each) => each.in === 'query'),
    body: operation?.requestBody?.content,
    answers: successes.flatMap(([, { content = {} }]) =>
      Object.entries(content).flatMap(choicesOf),
    ),
  }
}

/** An operation with several successes is a union to the client. */
function choicesOf([type, { schema }]: [string, z.infer<typeof mediaSchema>]): unknown[] {
  return (schema.anyOf ?? [schema]).map((choice) => ({ type, choice }))
}

test('what the browser asks is what the OpenAPI document says of the routes', async () => {
  const served = documentSchema.parse(await (await fetch(`${server.url}/api/openapi.json`)).json())
  const app = createApp()
  for (const [name, { query, body, response }] of entries) {
    const [method = '', path = ''] = name.split(' ')
    app.openAPIRegistry.registerPath({
      method: z.enum(['get', 'post', 'patch', 'delete']).parse(method.toLowerCase()),
      path,
      request: {
        ...(query instanceof z.ZodObject && { query }),
        ...(body && { body: jsonBody(body) }),
      },
      responses: { 200: response === undefined ? { description: '' } : json(response, '') },
    })
  }
  const info = { title: '', version: '' }
  const made: unknown = app.getOpenAPI31Document({ openapi: '3.1.0', info })
  dropPatternFlags(made)
  const typed = documentSchema.parse(made)
  for (const [name] of entries) {
    expect([name, partsOf(typed, name)]).toEqual([name, partsOf(served, name)])
  }
})

test('the client fills addresses in, leaves out what is not given, and checks what comes back', async () => {
  const me = await client('GET /users/me', {})
  expect(me).toMatchObject({ name: 'Ada', email: 'ada@example.test' })
  const channel = await client('POST /channels', { body: { name: 'Room', slug: 'room' } })
  const params = { id: channel.id }
  const first = await client('GET /channels/{id}/members', { params, query: { limit: 1 } })
  expect(first.members.map(({ userId }) => userId)).toEqual([me.id])
  const query = { search: 'a&d=?', cursor: undefined }
  expect((await client('GET /users', { query })).users).toEqual([])
  expect(
    await client('DELETE /channels/{id}/members/{userId}', {
      params: { ...params, userId: me.id },
    }),
  ).toBeUndefined()
  const liar = createApiClient(() => Promise.resolve({ name: 'Ada' }))
  await expect(liar('GET /users/me', {})).rejects.toThrow(z.ZodError)
})
