/**
 * Requests to the REST API. A server that says no throws AppError with its code; a server that
 * cannot be reached throws UnreachableError. Answers are parsed: an old page may meet a new server.
 */
import type { z } from 'zod'
import { problemSchema, type Problem } from '../../shared/api/problem.ts'
import { AppError } from '../../shared/errors.ts'

/** There is no network, or no server at its end. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
}

export interface ApiRequest {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  body?: unknown
}

/** Sends a request below `/api` and parses the answer. */
export async function requestJson<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  request: ApiRequest = {},
): Promise<z.output<Schema>> {
  const response = await send(path, request)
  return schema.parse(await response.json())
}

/** Sends a request below `/api` whose answer does not matter. */
export async function requestDone(path: string, request: ApiRequest): Promise<void> {
  await send(path, request)
}

async function send(path: string, { method = 'GET', body }: ApiRequest): Promise<Response> {
  const response = await fetch(`/api${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new UnreachableError('The server cannot be reached', { cause })
  })
  if (response.ok) return response
  const problem = await readProblem(response)
  // A proxy in front of a server that is down answers in words of its own.
  if (problem === undefined) throw new UnreachableError(`The server answered ${response.status}`)
  throw new AppError(problem.code, {
    details: { detail: problem.detail, issues: problem.issues },
  })
}

async function readProblem(response: Response): Promise<Problem | undefined> {
  try {
    return problemSchema.safeParse(await response.json()).data
  } catch {
    return undefined // no JSON: not our server's answer
  }
}
