/** A client of the REST API that is typed by the contracts: what may be sent, and what comes back. */
import type { z } from 'zod'
import { operations, type Operation, type OperationName } from './operations.ts'

type Operations = typeof operations

/** The names in braces of an address. */
type ParamsOf<Address extends string> = Address extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamsOf<Rest>
  : never

type BodyOf<Name extends OperationName> = Operations[Name] extends { body: z.ZodType }
  ? { body: z.input<Operations[Name]['body']> }
  : { body?: never }

/** In an address everything is text, so what may be sent is what the server makes of it. */
type QueryOf<Name extends OperationName> = Operations[Name] extends { query: z.ZodType }
  ? { query?: Partial<z.output<Operations[Name]['query']>> }
  : { query?: never }

/** What a request to this operation takes; whatever it has not cannot be given. */
export type RequestOf<Name extends OperationName> = ([ParamsOf<Name>] extends [never]
  ? { params?: never }
  : { params: Record<ParamsOf<Name>, string> }) &
  BodyOf<Name> &
  QueryOf<Name>

export type AnswerTo<Name extends OperationName> = Operations[Name] extends {
  response: z.ZodType
}
  ? z.output<Operations[Name]['response']>
  : undefined

/** A request as it goes over the network; `path` is below `/api`. */
export interface RawRequest {
  method: string
  path: string
  body?: unknown
}

export type ApiClient = <Name extends OperationName>(
  name: Name,
  request: RequestOf<Name>,
) => Promise<AnswerTo<Name>>

/**
 * `send` answers the parsed JSON, or undefined where there is no body, and throws when the server says
 * no. Answers are checked: an old page may meet a new server.
 */
export function createApiClient(send: (request: RawRequest) => Promise<unknown>): ApiClient {
  return async (name, request) => {
    const [method = '', template = ''] = name.split(' ')
    const { params = {}, query = {}, body } = request as Parts // whatever of these there is
    const address = template.replaceAll(/\{(\w+)\}/g, (_, key: string) =>
      encodeURIComponent(params[key] ?? ''),
    )
    const search = Object.entries(query)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`)
      .join('&')
    const path = search === '' ? address : `${address}?${search}`
    const answer = await send({ method, path, ...(body === undefined ? {} : { body }) })
    const operation: Operation = operations[name]
    return operation.response?.parse(answer) as AnswerTo<typeof name> // as the same table says
  }
}

interface Parts {
  params?: Record<string, string>
  query?: Record<string, unknown>
  body?: unknown
}
