import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { categorySchema } from '../../shared/api/channel-categories.ts'
import { problemSchema } from '../../shared/api/problem.ts'
import { runAdmin } from '../admin/admin-command.ts'
import { runCommand } from '../testing/command-runner.ts'
import { fittingValue, hostileValue, type Fitting } from '../testing/hostile-values.ts'
import { answer, channelPlace, say, startDm } from '../testing/notified-people.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { uploadFile } from '../testing/upload.ts'

const operationSchema = z.object({
  parameters: z
    .array(z.object({ name: z.string(), in: z.string(), schema: z.unknown() }))
    .default([]),
  requestBody: z
    .object({ content: z.record(z.string(), z.object({ schema: z.unknown() })) })
    .optional(),
  responses: z.record(z.string(), z.unknown()),
})
const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
})
type Operation = z.infer<typeof operationSchema>

/** These end the session of who asks, or lead elsewhere. */
const leftOut = new Set(['POST /auth/sign-out', 'GET /auth/callback/{id}'])
/** What is answered well to the right word alone, or where there is something to take away. */
const FAMILY = '👩🏽‍👩🏻‍👧🏿‍👦🏼'
const outOfReach = new Set([
  ...['POST /auth/sign-in/email', 'POST /auth/change-password', 'POST /auth/claim'],
  ...['POST /auth/request-password-reset', 'POST /auth/reset-password', 'POST /auth/link-social'],
  ...['POST /auth/send-verification-email', 'GET /auth/verify-email', 'POST /auth/sign-in/social'],
  ...['POST /auth/sign-in/magic-link', 'GET /auth/magic-link/verify', 'POST /files'],
  ...['GET /files/{id}/thumbnail', 'POST /push/subscriptions', 'POST /users/{id}/claim-link'],
  ...['POST /users/{id}/erase', 'POST /workspace/sample', 'DELETE /dm/{id}/participants'],
  ...['DELETE /accounts/{id}', 'DELETE /notifications/{id}', 'DELETE /tokens/{id}'],
  ...['GET /email/unsubscribe', 'POST /email/unsubscribe'],
])
/** Requests to each route. */
const RUNS = 40
/** Seconds between two requests, so that nobody is refused for asking often. */
const PACE_MS = 2_000

let server: TestServer
let ada: TestPerson
let aheadMs = 0
let operations: { name: string; operation: Operation }[]
/** What stands for a parameter, by the first word of the address. */
let ids: Record<string, Fitting>

beforeAll(async () => {
  server = await startTestServer({ now: () => Date.now() + aheadMs })
  ada = await server.signUp('Ada')
  const [ben, cleo] = [await server.signUp('Ben'), await server.signUp('Cleo')]
  const { id } = await server.createChannel(ada, { name: 'Room', slug: 'room' })
  await ada.request('POST', `/api/channels/${id}/members`, { userId: ben.userId })
  const place = channelPlace(id)
  const said = await say(ada, place, 'Hello')
  const reply = await say(ada, place, 'Hi', { parentId: said.id })
  const dm = await startDm(ada, [ben])
  const whisper = await say(ada, dm, 'Psst')
  const [file, loose] = [await uploadFile(ada, 'words'), await uploadFile(ada, 'more words')]
  const made = await answer(ada, 'POST', '/api/channel-categories', { name: 'Work' })
  const category = categorySchema.parse(made).id
  const people = [ben.userId, cleo.userId]
  const common = {
    ...{ userId: people, userIds: people, participantIds: people, authorId: people },
    ...{ categoryId: [category, null], fileIds: [file.id], channelId: [id, dm.conversation.id] },
    ...{ emoji: ['👍', FAMILY, ':wave:', '🇩🇪'], timeZone: ['Europe/Berlin'], expiresAt: [8e15] },
    ...{ avatarUrl: ['https://example.test/a.png'], email: ['a@example.test'], ids: [file.id] },
    ...{ endpoint: ['https://push.example/1'], p256dh: ['B'.repeat(87)], auth: ['A'.repeat(22)] },
    ...{ role: ['MEMBER', 'GUEST'], slug: ['room-2', '部屋', '9'], isArchived: [false] },
    ...{ from: ['0'], to: ['9'], cursor: [undefined], name: ['Work', '部屋', FAMILY], text: ['x'] },
  }
  const inChannel = [said.id, reply.id]
  ids = {
    users: { ...common, id: [...people, ada.userId], email: ['b@example.test'] },
    files: { ...common, id: [loose.id] },
    'channel-categories': { ...common, id: [category] },
    channels: { ...common, id: [id], messageId: inChannel, before: inChannel, after: inChannel },
    dm: { ...common, id: [dm.conversation.id], messageId: [whisper.id], parentId: [whisper.id] },
    '': common,
  }
  const document: unknown = await (await fetch(`${server.url}/api/openapi.json`)).json()
  operations = Object.entries(documentSchema.parse(document).paths)
    .flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => {
        return { name: `${method.toUpperCase()} ${path}`, operation }
      }),
    )
    // What takes away comes last, and what takes most away at the very end.
    .toSorted((one, other) => removalOf(one.name) - removalOf(other.name))
})
afterAll(() => server.close())

const removalOf = (name: string): number => (name.startsWith('DELETE') ? 1 / name.length : 0)

/** Everything that is sent, by `<place> <name>`. */
type Parts = Record<string, unknown>

/** A request that fits, but for at most two of its parts. */
function requestTo(name: string, { parameters, requestBody }: Operation): fc.Arbitrary<Parts> {
  const template = name.split(' ')[1] ?? ''
  const fitting = ids[template.split('/')[1] ?? ''] ?? ids[''] ?? {}
  const fields = new Map(parameters.map((each) => [`${each.in} ${each.name}`, each.schema]))
  const body = Object.values(requestBody?.content ?? {})[0]?.schema
  const { properties } = z
    .looseObject({ properties: z.record(z.string(), z.unknown()).default({}) })
    .parse(body ?? {})
  const required = z
    .looseObject({ required: z.array(z.string()).default([]) })
    .parse(body ?? {}).required
  for (const [key, schema] of Object.entries(properties)) {
    // An id of one's own choice is a new one.
    if (key !== 'id') fields.set(`body ${key}`, schema)
  }
  const isRequired = (key: string): boolean => {
    const [place, field = ''] = key.split(' ')
    return place === 'path' || (place === 'body' && required.includes(field))
  }
  const values = [...fields].map(([key, schema]): [string, fc.Arbitrary<unknown>] => {
    const value = fittingValue(key.split(' ')[1] ?? '', schema, fitting)
    return [key, isRequired(key) ? value : fc.option(value, { nil: undefined, freq: 2 })]
  })
  const places = [...fields.keys(), ...(body === undefined ? [] : ['body'])]
  const hostile = fc.array(fc.tuple(fc.constantFrom(...places, 'query zzz'), hostileValue), {
    maxLength: 2,
  })
  return fc.tuple(fc.record(Object.fromEntries(values)), hostile).map(([parts, replaced]) => ({
    ...{ ...parts, ...Object.fromEntries(replaced) },
    hasBody: body !== undefined,
  }))
}

const toText = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, 1_000)
/** Halves of characters cannot stand in an address: they arrive as what they are replaced with. */
const encode = (value: unknown): string => encodeURIComponent(toText(value).toWellFormed())
const toHeader = (value: unknown): string =>
  toText(value)
    .replaceAll(/[^\u0020-\u007e]/g, '?')
    .trim()
    .slice(0, 600)

function ofPlace(parts: Parts, place: string): [string, unknown][] {
  return Object.entries(parts)
    .filter(([key, value]) => key.startsWith(`${place} `) && value !== undefined)
    .map(([key, value]) => [key.slice(place.length + 1), value])
}

async function send(name: string, parts: Parts): Promise<Response> {
  const [method = '', template = ''] = name.split(' ')
  const params = new Map(ofPlace(parts, 'path'))
  const path = template.replaceAll(/\{(\w+)\}/g, (_, key: string) => encode(params.get(key)))
  const query = ofPlace(parts, 'query').map(([key, value]) => `${key}=${encode(value)}`)
  const headers = ofPlace(parts, 'header').map(([key, value]) => [key, toHeader(value)])
  const body = 'body' in parts ? parts['body'] : Object.fromEntries(ofPlace(parts, 'body'))
  aheadMs += PACE_MS
  return fetch(`${server.url}/api${path}?${query.join('&')}`, {
    method,
    redirect: 'manual',
    headers: {
      ...{ cookie: ada.cookie, origin: server.url, ...Object.fromEntries(headers) },
      ...(parts['hasBody'] === true && { 'content-type': 'application/json' }),
    },
    ...(parts['hasBody'] === true && { body: JSON.stringify(body) }),
  })
}

test('whatever is sent to whatever route is answered, and every no as it is described', async () => {
  const faults: string[] = []
  const outcomes = new Map<string, Set<number>>()
  for (const { name, operation } of operations) {
    if (leftOut.has(name)) continue
    const seen = new Set<number>()
    await fc.assert(
      fc.asyncProperty(requestTo(name, operation), async (parts) => {
        const response = await send(name, parts)
        const text = await response.text()
        seen.add(response.status)
        const isFine = response.status < 400 || isNo(response, text)
        if (isFine && response.status in operation.responses) return
        faults.push(
          `${name} ${JSON.stringify(parts).slice(0, 400)}: ${response.status} ${text.slice(0, 300)}`,
        )
      }),
      { seed: 20_261_130, numRuns: RUNS },
    )
    outcomes.set(name, seen)
  }
  expect(faults).toEqual([])
  // The routes themselves were reached, not only their edges.
  const refused = [...outcomes].filter(([, seen]) => Math.min(...seen) >= 400)
  expect(new Set(refused.map(([name]) => name))).toEqual(outOfReach)
  // Whatever of it was taken, documents and tables say the same.
  const { out } = await runCommand(runAdmin, ['verify', '--json'], server.folder)
  expect(JSON.parse(out)).toMatchObject({ findings: [] })
}, 600_000)

function isNo(response: Response, text: string): boolean {
  if (response.headers.get('content-type') !== 'application/problem+json') return false
  const problem = problemSchema.safeParse(JSON.parse(text)).data
  if (problem?.status !== response.status) return false
  return response.status < 500 || problem.code === 'not_configured'
}
