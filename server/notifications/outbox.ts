/** The statements on `notification_outbox` that both media share. */
import type { UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { MAY_BE_READ } from '../queries/notifications.ts'
import { waitAfter } from './backoff.ts'
import type { QuietWishes } from './do-not-disturb.ts'

export type Medium = 'PUSH' | 'EMAIL'

/** Whether the person of `n` wishes to hear of its conversation by now; null where they are not in it. */
const isHeard = (members: string, owner: string): string =>
  `(SELECT wish.muted = 0 AND coalesce(wish.notify_level, p.notify_level, 'MENTIONS') <> 'NOTHING'
    FROM ${members} AS wish WHERE wish.${owner} = n.conversation_id AND wish.user_id = n.user_id)`

/**
 * Why a delivery `o` of a notification `n` to a person `u` with preferences `p` is still to be made.
 * Read, dismissed, out of sight, muted, switched off: it has lost its reason.
 */
export const IS_WANTED = `n.read_at IS NULL AND n.dismissed_at IS NULL
  AND u.deactivated_at IS NULL AND ${MAY_BE_READ}
  AND coalesce(CASE n.conversation_kind
    WHEN 'dm' THEN ${isHeard('direct_message_participants', 'thread_id')}
    ELSE ${isHeard('channel_members', 'channel_id')} END,
    coalesce(p.notify_level, 'MENTIONS') <> 'NOTHING')`

/** The columns of `users` and `user_preferences` that say when somebody wants to be left alone. */
export const QUIET_COLUMNS = `u.status, u.status_expires_at AS statusExpiresAt,
  p.dnd_start_minute AS startMinute, p.dnd_end_minute AS endMinute,
  coalesce(p.time_zone, 'UTC') AS timeZone`

export interface Attempted {
  outboxId: number
  /** How often it failed before. */
  attempts: number
}

export interface Outbox {
  /** When the earliest of a medium is due. */
  nextDueAt: (medium: Medium) => number | undefined
  remove: (ids: readonly number[]) => void
  /** Not before `time`, without counting as an attempt. */
  postpone: (ids: readonly number[], time: number) => void
  /** Notes that they failed: tried again later, all at once, but for those that have no attempt left. */
  retry: (deliveries: readonly Attempted[]) => void
  clear: (medium: Medium) => void
  quietWishes: (userId: UserId) => QuietWishes | undefined
}

export function createOutbox(sqlite: SqliteConnection, now: () => number): Outbox {
  // Of what was not judged yet the judgement wakes those who deliver.
  const selectDue = sqlite.prepare<[Medium], { dueAt: number | null }>(
    `SELECT min(o.next_attempt_at) AS dueAt FROM notification_outbox AS o
     JOIN notifications AS n ON n.id = o.notification_id
     WHERE o.medium = ? AND n.urgency_score IS NOT NULL`,
  )
  const remove = sqlite.prepare(
    'DELETE FROM notification_outbox WHERE id IN (SELECT value FROM json_each(?))',
  )
  const postpone = sqlite.prepare(
    `UPDATE notification_outbox SET next_attempt_at = ?
     WHERE id IN (SELECT value FROM json_each(?))`,
  )
  const retry = sqlite.prepare(
    `UPDATE notification_outbox SET attempts = attempts + 1, next_attempt_at = ?
     WHERE id IN (SELECT value FROM json_each(?))`,
  )
  const clear = sqlite.prepare('DELETE FROM notification_outbox WHERE medium = ?')
  const selectQuiet = sqlite.prepare<[string], QuietWishes>(
    `SELECT ${QUIET_COLUMNS} FROM users AS u
     LEFT JOIN user_preferences AS p ON p.user_id = u.id WHERE u.id = ?`,
  )
  return {
    nextDueAt: (medium) => selectDue.get(medium)?.dueAt ?? undefined,
    remove: (ids) => void remove.run(JSON.stringify(ids)),
    postpone: (ids, time) => void postpone.run(time, JSON.stringify(ids)),
    retry(deliveries) {
      const waits = deliveries.map(({ attempts }) => waitAfter(attempts + 1))
      const idsWhere = (isGivenUp: boolean): string =>
        JSON.stringify(
          deliveries
            .filter((_, at) => (waits[at] === undefined) === isGivenUp)
            .map(({ outboxId }) => outboxId),
        )
      const waitMs = Math.max(...waits.map((wait) => wait ?? 0))
      remove.run(idsWhere(true))
      retry.run(now() + waitMs, idsWhere(false))
    },
    clear: (medium) => void clear.run(medium),
    quietWishes: (userId) => selectQuiet.get(userId),
  }
}
