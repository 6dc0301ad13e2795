import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { problemSchema } from '../../shared/api/problem.ts'
import { createRoleStage, type Persona, type RoleStage } from '../testing/role-stage.ts'
import { fillRow, routeRights } from '../testing/route-rights.ts'
import { startTestServer } from '../testing/running-server.ts'
import { provokeConflicts } from '../testing/provoked-conflicts.ts'

const parameterSchema = z.object({ name: z.string(), in: z.string() })
const operationSchema = z.object({
  parameters: z.array(parameterSchema).default([]),
  requestBody: z.unknown().optional(),
  responses: z.record(z.string(), z.unknown()),
})
const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
})
type Operation = z.infer<typeof operationSchema>

const NOBODY = '0193a5a0-0000-7000-8000-000000000009'
const NO_THREAD = '0193a5a0-0000-5000-8000-000000000009'
const TOO_LARGE = JSON.stringify({ content: 'x'.repeat(1_100_000) })
/** As many as anybody may send at once. */
const BURST = 600
/** When the journal, the disk or the search is in trouble, and for parts of files: tested with these. */
const testedElsewhere = new Set([416, 503, 507])

let stage: RoleStage
let operations: [string, Operation][]
let provoked: Map<string, Set<number>>

beforeAll(async () => {
  stage = await createRoleStage()
  operations = await readOperations(stage.server.url)
  provoked = new Map(operations.map(([name]) => [name, new Set()]))
})
afterAll(() => stage.server.close())

/** Routes for people who are signed in; what concerns signing in is better-auth's. */
async function readOperations(url: string): Promise<[string, Operation][]> {
  const document: unknown = await (await fetch(`${url}/api/openapi.json`)).json()
  return Object.entries(documentSchema.parse(document).paths)
    .flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]): [string, Operation] => [
        `${method.toUpperCase()} ${path}`,
        operation,
      ]),
    )
    .filter(([name]) => !name.includes('/auth/') && '401' in (routesBy(name) ?? {}))

  function routesBy(name: string): Record<string, unknown> | undefined {
    const [method = '', path = ''] = name.split(' ')
    return documentSchema.parse(document).paths[path]?.[method.toLowerCase()]?.responses
  }
}

async function note(name: string, response: Response): Promise<void> {
  if (response.status < 400) return void response.body?.cancel()
  const { status } = problemSchema.parse(await response.json())
  expect(status).toBe(response.status)
  provoked.get(name)?.add(status)
}

/** Asks as somebody, with an address and a body that fit. */
async function ask(
  row: string,
  persona: Persona,
  change: {
    toPath?: (path: string) => string
    body?: unknown
    headers?: Record<string, string>
  } = {},
): Promise<void> {
  const asker = stage.people[persona].userId
  const { method, path, body } = await fillRow(stage, row, { subject: stage.makeSubject(), asker })
  const sent = 'body' in change ? change.body : body
  const response = await fetch(`${stage.server.url}/api${change.toPath?.(path) ?? path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(persona === 'nobody' ? {} : { cookie: stage.people[persona].cookie }),
      ...{ origin: stage.server.url, 'content-type': 'application/json', ...change.headers },
    },
    ...(sent === undefined || method === 'GET'
      ? {}
      : { body: typeof sent === 'string' ? sent : JSON.stringify(sent) }),
  })
  await note(row.split('#')[0] ?? '', response)
}

const withoutQuery = (path: string): string => path.split('?')[0] ?? path
const ids = /[0-9a-f]{8}-[0-9a-f]{4}-[57][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g
const malformed = (path: string): string => path.replaceAll(ids, 'x')
const unknown = (path: string): string =>
  path.replaceAll(ids, (id) => (id[14] === '5' ? NO_THREAD : NOBODY))

test('every route answers every no that is described of it, and no other', async () => {
  for (const row of Object.keys(routeRights)) {
    const name = row.split('#')[0] ?? ''
    const operation = operations.find(([each]) => each === name)?.[1]
    if (operation === undefined) continue
    const isOfDm = name.includes('/dm/{id}')
    await ask(row, 'nobody')
    for (const persona of ['owner', 'guest', 'channelMember', 'channelOwner'] as const) {
      await ask(row, persona)
    }
    const insider = isOfDm ? 'channelMember' : 'owner'
    await ask(row, insider, { toPath: unknown })
    await ask(row, insider, { toPath: malformed })
    if (operation.parameters.some((each) => each.in === 'query')) {
      await ask(row, insider, { toPath: (path) => `${withoutQuery(path)}?limit=none&q=&emoji=x` })
    }
    if (!name.startsWith('GET')) {
      await ask(row, insider, { body: TOO_LARGE })
      await ask(row, insider, { headers: { origin: 'https://evil.example' } })
    }
    if (operation.requestBody !== undefined) await ask(row, insider, { body: '[]' })
  }
  await provokeConflicts(stage, note)
  await provokeEverywhere()
  const tested = (statuses: Iterable<number>): number[] =>
    [...statuses]
      .filter((status) => status >= 400 && !testedElsewhere.has(status))
      .toSorted((one, other) => one - other)
  const described = operations.map(([name, { responses }]) => {
    return [name, tested(Object.keys(responses).map(Number))] as const
  })
  const answered = operations.map(([name]) => [name, tested(provoked.get(name) ?? [])] as const)
  expect(Object.fromEntries(answered)).toEqual(Object.fromEntries(described))
}, 300_000)

/** What has nothing to do with the route: too many requests, and a store that is broken. */
async function provokeEverywhere(): Promise<void> {
  const frozen = Date.now()
  const server = await startTestServer({
    now: () => frozen,
    // That something is broken is meant.
    environment: { LOG_LEVEL: 'fatal' },
  })
  const ada = await server.signUp('Ada')
  await Promise.all(
    Array.from({ length: BURST }, async () => (await ada.request('GET', '/api/users/me')).text()),
  )
  const askAll = async (): Promise<void> => {
    for (const [name] of operations) {
      const [method = '', path = ''] = name.split(' ')
      await note(name, await ada.request(method, `/api${path}`, method === 'GET' ? undefined : {}))
    }
  }
  await askAll()
  server.sqlite.exec('ALTER TABLE sessions RENAME TO lost')
  await askAll()
  server.sqlite.exec('ALTER TABLE lost RENAME TO sessions')
  await server.close()
}
