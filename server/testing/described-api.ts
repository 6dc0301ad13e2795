/** Requests whose answers are held against the OpenAPI document that the server hands out; for tests. */
import { z } from 'zod'
import type { TestPerson, TestServer } from './running-server.ts'

const contentSchema = z.record(z.string(), z.object({ schema: z.looseObject({}) }))
const operationSchema = z.object({
  requestBody: z.object({ content: contentSchema }).optional(),
  responses: z.record(z.string(), z.object({ content: contentSchema.optional() })),
})
const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.object({ schemas: z.record(z.string(), z.looseObject({})) }),
})

export interface DescribedApi {
  /** Answers the body; throws when status, type or body are not as described. */
  request: (
    person: TestPerson,
    operation: `${string} /${string}`,
    options?: { params?: Record<string, string>; query?: string; body?: unknown },
  ) => Promise<{ status: number; body: unknown }>
  /** Operations of the document that were never answered with success. */
  untried: () => string[]
}

export async function describedApi(server: TestServer): Promise<DescribedApi> {
  const response = await fetch(`${server.url}/api/openapi.json`)
  const { paths, components } = documentSchema.parse(await response.json())
  const untried = new Set(
    Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    ),
  )

  return {
    untried: () => [...untried],
    async request(person, operation, { params = {}, query = '', body } = {}) {
      const [method = '', template = ''] = operation.split(' ')
      const described = paths[template]?.[method.toLowerCase()]
      if (described === undefined) throw new Error(`${operation} is not described`)
      const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? name)
      const answer = await person.request(method, `/api${path}${query}`, body)
      const { status } = answer
      const promised = described.responses[status]
      const text = await answer.text()
      if (promised === undefined)
        throw new Error(`${operation} does not describe ${status}: ${text}`)
      if (status < 300) {
        untried.delete(operation)
        const asked = described.requestBody?.content['application/json']?.schema
        if (asked) z.fromJSONSchema(withDefinitions(asked, components.schemas)).parse(body)
      }
      if (promised.content === undefined) {
        if (text !== '') throw new Error(`${operation} describes no body for ${status}: ${text}`)
        return { status, body: undefined }
      }
      const type = answer.headers.get('content-type')?.split(';')[0] ?? ''
      const isOpaque = ['*/*', 'text/html'].some((each) => each in (promised.content ?? {}))
      if (isOpaque) return { status, body: text }
      const schema = promised.content[type]?.schema
      if (schema === undefined) throw new Error(`${operation} does not describe ${type}`)
      const parsed: unknown = JSON.parse(text)
      z.fromJSONSchema(withDefinitions(schema, components.schemas)).parse(parsed)
      return { status, body: parsed }
    },
  }
}

/**
 * Records by name, as JSON Schema itself has them rather than where OpenAPI keeps them. Patterns that need
 * Unicode are left out: Zod would read them without.
 */
function withDefinitions(schema: object, records: object): Record<string, unknown> {
  const text = JSON.stringify({ ...schema, $defs: records })
  const moved = text.replaceAll('#/components/schemas/', '#/$defs/')
  const isUnreadable = (key: string, value: unknown): boolean =>
    key === 'pattern' && typeof value === 'string' && value.includes(String.raw`\p{`)
  return z
    .looseObject({})
    .parse(
      JSON.parse(moved, (key, value: unknown) => (isUnreadable(key, value) ? undefined : value)),
    )
}
