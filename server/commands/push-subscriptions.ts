/** Which browsers of a person get Web Push. A subscription ends with the session that made it. */
import { AppError } from '../../shared/errors.ts'
import type { UserId } from '../../shared/ids.ts'
import { newId, type CommandContext } from './command-context.ts'
import { isPublicHost } from '../notifications/push/public-addresses.ts'

export interface PushAddress {
  endpoint: string
  keys: { p256dh: string; auth: string }
}

/** Whoever has more browsers is told on the newest ones. */
const MAX_SUBSCRIPTIONS = 20

/**
 * Takes a browser's subscription, which may have been somebody else's before. Throws
 * `invalid_request` for an endpoint that no public push service could have.
 */
export function subscribe(
  context: CommandContext,
  { userId, sessionId }: { userId: UserId; sessionId: string },
  { endpoint, keys }: PushAddress,
): void {
  const { sqlite } = context.database
  const { hostname, port, username, password } = new URL(endpoint)
  // The server will send requests there: never into the network that it stands in.
  if (!isPublicHost(hostname) || port !== '' || `${username}${password}` !== '') {
    throw new AppError('invalid_request', { message: 'This is no address of a push service' })
  }
  sqlite.transaction(() => {
    // With what waits to be sent there: it was meant for whoever used this browser before.
    sqlite
      .prepare('DELETE FROM push_subscriptions WHERE endpoint = ? AND user_id <> ?')
      .run(endpoint, userId)
    sqlite
      .prepare(
        `INSERT INTO push_subscriptions (id, user_id, session_id, endpoint, p256dh, auth, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (endpoint) DO UPDATE SET session_id = excluded.session_id,
           p256dh = excluded.p256dh, auth = excluded.auth, created_at = excluded.created_at`,
      )
      .run(newId(context), userId, sessionId, endpoint, keys.p256dh, keys.auth, context.now())
    sqlite
      .prepare(
        `DELETE FROM push_subscriptions WHERE user_id = @userId AND id NOT IN (
           SELECT id FROM push_subscriptions WHERE user_id = @userId
           ORDER BY created_at DESC, id DESC LIMIT ${MAX_SUBSCRIPTIONS})`,
      )
      .run({ userId })
  })()
}

/** Does nothing when there is no such subscription of this person. */
export function unsubscribe({ database }: CommandContext, userId: UserId, endpoint: string): void {
  database.sqlite
    .prepare('DELETE FROM push_subscriptions WHERE user_id = ? AND endpoint = ?')
    .run(userId, endpoint)
}
