/** Errors -> RFC 9457 problem details. The one place that knows HTTP statuses of error codes. */
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { z } from 'zod'
import type { Problem } from '../../shared/api/problem.ts'
import { AppError, type ErrorCode } from '../../shared/errors.ts'
import { retryAfterSeconds } from '../../shared/rate-limit.ts'
import { isStorageFull } from '../database/open-database.ts'

export const problems: Record<ErrorCode, { status: ContentfulStatusCode; title: string }> = {
  unauthenticated: { status: 401, title: 'Sign in first' },
  session_ended: { status: 401, title: 'The session has ended' },
  forbidden: { status: 403, title: 'You may not do this' },
  foreign_origin: { status: 403, title: 'Requests from other sites are not accepted' },
  not_found: { status: 404, title: 'There is no such thing, or you may not see it' },
  invalid_request: { status: 400, title: 'The request is not valid' },
  conflict: { status: 409, title: 'This contradicts the present state' },
  already_exists: { status: 409, title: 'This exists already' },
  precondition_failed: { status: 412, title: 'It has changed since you read it' },
  not_configured: { status: 501, title: 'This server is not set up for this' },
  payload_too_large: { status: 413, title: 'The request is too large' },
  file_too_large: { status: 413, title: 'The file is too large' },
  quota_exceeded: { status: 413, title: 'Your files take all the space that you have' },
  unknown_file: { status: 404, title: 'There is no such file of yours' },
  rate_limited: { status: 429, title: 'Too many requests; wait a moment' },
  too_many_connections: { status: 429, title: 'Too many connections' },
  too_many_documents: { status: 429, title: 'Too many open documents' },
  try_again: { status: 503, title: 'This did not work just now; try again' },
  storage_full: { status: 507, title: 'The server has no space left' },
  shutting_down: { status: 503, title: 'The server is restarting' },
  internal: { status: 500, title: 'Something went wrong on the server' },
  not_member: { status: 403, title: 'You are not a member of this channel' },
  not_participant: { status: 403, title: 'You are not in this conversation' },
  channel_archived: { status: 409, title: 'The channel is archived' },
  posting_restricted: { status: 403, title: 'You may not post here' },
  access_ended: { status: 403, title: 'Your access has ended' },
  malformed_update: { status: 400, title: 'The change cannot be read' },
  update_too_large: { status: 413, title: 'The change is too large' },
  too_many_changes: { status: 413, title: 'Too many changes at once' },
  too_many_clients: { status: 429, title: 'Too many sessions of yours have written here' },
  too_many_reactions: { status: 409, title: 'You have given this message enough reactions' },
  missing_predecessor: { status: 409, title: 'An earlier change is missing' },
  client_taken: { status: 409, title: 'The clientID belongs to somebody else' },
  unknown_root: { status: 400, title: 'There is no such part of a document' },
  content_not_allowed: { status: 400, title: 'This kind of content is not allowed' },
  server_only: { status: 403, title: 'Only the server may write this' },
  invalid_key: { status: 400, title: 'The key is not valid' },
  invalid_record: { status: 400, title: 'The record is not valid' },
  content_too_long: { status: 400, title: 'The message is too long' },
  too_far_in_future: { status: 400, title: 'The time lies too far in the future' },
  not_author: { status: 403, title: 'Only the author may do this' },
  not_yours: { status: 403, title: 'This belongs to somebody else' },
  immutable_field: { status: 400, title: 'This can never change' },
  version_mismatch: { status: 409, title: 'The message has changed meanwhile' },
  already_deleted: { status: 409, title: 'The message was deleted' },
  key_removed: { status: 400, title: 'Messages are deleted by a tombstone, not by removal' },
  unknown_message: { status: 404, title: 'There is no such message' },
  damaged_on_device: { status: 400, title: 'The copy on the device is damaged' },
}

/** Where nobody can know: when the disk, a picture or a search has time again. */
const USUAL_RETRY_SECONDS = 5

export interface ErrorReporter {
  /** Called for what should not happen, never for expected noes. */
  onUnexpected: (error: unknown, requestId: string) => void
}

/** Answers any thrown value; only AppErrors show more than that something went wrong. */
export function toProblemResponse(
  context: Context,
  error: unknown,
  { onUnexpected }: ErrorReporter,
): Response {
  if (error instanceof HTTPException && error.status < 500) {
    // Hono's own noes: a body that is no JSON, or not declared as such.
    return problemResponse(context, { code: 'invalid_request', detail: error.message })
  }
  if (!(error instanceof AppError)) onUnexpected(error, context.get('requestId'))
  if (isStorageFull(error)) return problemResponse(context, { code: 'storage_full' })
  const code = error instanceof AppError ? error.code : 'internal'
  const detail = error instanceof AppError && error.message !== code ? error.message : undefined
  const seconds = error instanceof AppError ? retryAfterSeconds(error) : undefined
  return problemResponse(context, { code, ...(detail && { detail }) }, seconds)
}

export function toProblem({ code, ...rest }: Pick<Problem, 'code'> & Partial<Problem>): Problem {
  return { type: `/api/docs#${code}`, ...problems[code], code, ...rest }
}

/** The answer to a request that does not fit its schema. */
export function toValidationResponse(context: Context, error: z.core.$ZodError): Response {
  const issues = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  return problemResponse(context, { code: 'invalid_request', issues })
}

export function problemResponse(
  context: Context,
  { code, ...rest }: Pick<Problem, 'code'> & Partial<Problem>,
  retrySeconds = USUAL_RETRY_SECONDS,
): Response {
  const { status } = problems[code]
  const requestId: string | undefined = context.get('requestId')
  const problem = toProblem({ code, ...rest, ...(requestId && { requestId }) })
  if (status === 429 || status === 503) context.header('Retry-After', `${retrySeconds}`)
  // What the sender goes on sending is not read, and the connection not kept for it.
  if (status === 413) context.header('Connection', 'close')
  return context.body(JSON.stringify(problem), status, {
    'Content-Type': 'application/problem+json',
  })
}
