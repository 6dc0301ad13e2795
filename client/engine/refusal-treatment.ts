/** What the engine does about a refusal: mend it by itself, wait for access, or ask the person. */
import type { ErrorCode } from '../../shared/errors.ts'

/**
 * `reopen`: the same document is good a little later. `renew`: the same record is good under a
 * new clientID, at a corrected time, or in smaller updates. `sign-in` and `access`: nothing of
 * this person is taken now. `final`: this record will never be taken as it is.
 */
export type Treatment = 'reopen' | 'renew' | 'sign-in' | 'access' | 'final'

const treatments: Partial<Record<ErrorCode, Treatment>> = {
  rate_limited: 'reopen',
  too_many_connections: 'reopen',
  too_many_documents: 'reopen',
  try_again: 'reopen',
  storage_full: 'reopen',
  shutting_down: 'reopen',
  internal: 'reopen',
  missing_predecessor: 'renew',
  client_taken: 'renew',
  too_many_changes: 'renew',
  update_too_large: 'renew',
  version_mismatch: 'renew',
  malformed_update: 'renew',
  too_far_in_future: 'renew',
  unauthenticated: 'sign-in',
  session_ended: 'sign-in',
  not_found: 'access',
  access_ended: 'access',
  not_member: 'access',
  not_participant: 'access',
  channel_archived: 'access',
  posting_restricted: 'access',
}

/** A record that was refused so often for what `renew` should mend is set aside all the same. */
export const MAX_RENEWALS = 3

export function treatmentOf(code: ErrorCode): Treatment {
  return treatments[code] ?? 'final'
}
