/**
 * Every expected "no" of ConnectNow, as one closed list. HTTP answers, WebSocket close reasons
 * and the sentences people read are tables over this list, so a new code does not compile until
 * each of them knows it. Codes are an interface: never rename one.
 */

export const errorCodes = [
  // who asks
  'unauthenticated',
  'session_ended',
  'forbidden',
  'foreign_origin',
  // what is asked for
  'not_found',
  'invalid_request',
  'conflict',
  'already_exists',
  'precondition_failed',
  'not_configured',
  'payload_too_large',
  'file_too_large',
  'quota_exceeded',
  'unknown_file',
  'rate_limited',
  'too_many_connections',
  'too_many_documents',
  'try_again',
  'storage_full',
  'shutting_down',
  'internal',
  // access to a conversation
  'not_member',
  'not_participant',
  'channel_archived',
  'posting_restricted',
  'access_ended',
  // what a refused update contains
  'malformed_update',
  'update_too_large',
  'too_many_changes',
  'too_many_clients',
  'too_many_reactions',
  'missing_predecessor',
  'client_taken',
  'unknown_root',
  'content_not_allowed',
  'server_only',
  'invalid_key',
  'invalid_record',
  'content_too_long',
  'too_far_in_future',
  'not_author',
  'not_yours',
  'immutable_field',
  'version_mismatch',
  'already_deleted',
  'key_removed',
  'unknown_message',
  // what a browser finds on its own disk; no server says it
  'damaged_on_device',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** An expected "no" at an edge. `details` may be shown to whoever asked; `cause` never is. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(
    code: ErrorCode,
    options: {
      cause?: unknown
      details?: Readonly<Record<string, unknown>>
      message?: string
    } = {},
  ) {
    super(options.message ?? code, { cause: options.cause })
    this.code = code
    this.details = options.details
  }
}
