/** What the engine does about a refusal: mend it by itself, wait for access, or ask the person. */
import type { ErrorCode } from '../../shared/errors.ts'

/**
 * `resend`: the same record is good under a new clientID, or a little later. `restamp`: with a
 * corrected time. `sign-in` and `access`: nothing of this person is taken now. `final`: it will
 * never be taken as it is.
 */
export type Treatment = 'resend' | 'restamp' | 'sign-in' | 'access' | 'final'

const treatments: Partial<Record<ErrorCode, Treatment>> = {
  client_taken: 'resend',
  missing_predecessor: 'resend',
  rate_limited: 'resend',
  too_many_changes: 'resend',
  too_many_connections: 'resend',
  update_too_large: 'resend',
  try_again: 'resend',
  storage_full: 'resend',
  shutting_down: 'resend',
  internal: 'resend',
  version_mismatch: 'resend',
  malformed_update: 'resend',
  too_far_in_future: 'restamp',
  unauthenticated: 'sign-in',
  session_ended: 'sign-in',
  not_found: 'access',
  access_ended: 'access',
  not_member: 'access',
  not_participant: 'access',
  channel_archived: 'access',
  posting_restricted: 'access',
}

export function treatmentOf(code: ErrorCode): Treatment {
  return treatments[code] ?? 'final'
}
