/**
 * Requests to the REST API. A server that says no throws AppError with its code; a server that
 * cannot be reached throws UnreachableError.
 */
import { createApiClient, type RawRequest } from '../../shared/api/create-api-client.ts'
import { problemSchema, type Problem } from '../../shared/api/problem.ts'
import { AppError } from '../../shared/errors.ts'

/** There is no network, or no server at its end. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
}

const NO_CONTENT = 204

/** Asks by the name of an operation, such as `GET /users/me`. */
export const request = createApiClient(send)

async function send({ method, path, body }: RawRequest): Promise<unknown> {
  const response = await fetch(`/api${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new UnreachableError('The server cannot be reached', { cause })
  })
  if (response.ok) return response.status === NO_CONTENT ? undefined : response.json()
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
