/**
 * Why a `/yjs` connection is closed, as clients of the y-websocket protocol understand it: the code
 * says whether coming back can help, the reason is JSON as everywhere.
 */
import type { ErrorCode } from '../../shared/errors.ts'
import { formatCloseReason, type Refusal } from '../../shared/sync/refusal.ts'

/**
 * 4400 to 4499: a decision, after which such clients stay away. 4500 to 4599: they come back by
 * themselves, later and later.
 */
const CODE = { invalid: 4400, who: 4401, forbidden: 4403, unknown: 4404, later: 4503 }

const closeCodes: Record<ErrorCode, number> = {
  unauthenticated: CODE.who,
  session_ended: CODE.who,
  forbidden: CODE.forbidden,
  foreign_origin: CODE.forbidden,
  not_found: CODE.unknown,
  invalid_request: CODE.invalid,
  conflict: CODE.invalid,
  already_exists: CODE.invalid,
  precondition_failed: CODE.invalid,
  not_configured: CODE.invalid,
  payload_too_large: CODE.invalid,
  rate_limited: CODE.later,
  too_many_connections: CODE.later,
  too_many_documents: CODE.later,
  try_again: CODE.later,
  storage_full: CODE.later,
  shutting_down: CODE.later,
  internal: CODE.later,
  not_member: CODE.forbidden,
  not_participant: CODE.forbidden,
  channel_archived: CODE.forbidden,
  posting_restricted: CODE.forbidden,
  access_ended: CODE.forbidden,
  malformed_update: CODE.invalid,
  update_too_large: CODE.invalid,
  too_many_changes: CODE.invalid,
  too_many_clients: CODE.invalid,
  too_many_reactions: CODE.invalid,
  missing_predecessor: CODE.invalid,
  client_taken: CODE.invalid,
  unknown_root: CODE.invalid,
  content_not_allowed: CODE.invalid,
  server_only: CODE.forbidden,
  invalid_key: CODE.invalid,
  invalid_record: CODE.invalid,
  content_too_long: CODE.invalid,
  too_far_in_future: CODE.invalid,
  not_author: CODE.forbidden,
  not_yours: CODE.forbidden,
  immutable_field: CODE.invalid,
  version_mismatch: CODE.invalid,
  already_deleted: CODE.invalid,
  key_removed: CODE.invalid,
  unknown_message: CODE.invalid,
  unknown_file: CODE.invalid,
  file_too_large: CODE.invalid,
  quota_exceeded: CODE.invalid,
  damaged_on_device: CODE.invalid,
}

/** A close frame has room for no more. */
const MAX_REASON_BYTES = 123

/** The code and reason to close a WebSocket with; what does not fit is left out, the key first. */
export function socketCloseOf(refusal: Refusal): { code: number; reason: string } {
  const { code, root } = refusal
  const reasons = [refusal, root === undefined ? { code } : { code, root }, { code }].map(
    formatCloseReason,
  )
  const reason = reasons.find((each) => Buffer.byteLength(each) <= MAX_REASON_BYTES)
  return { code: closeCodes[code], reason: reason ?? '' }
}
