/** What people say of themselves for a while. Everybody says so for themself alone. */
import type { z } from 'zod'
import type { updateStatusRequestSchema } from '../../shared/api/users.ts'
import { AppError } from '../../shared/errors.ts'
import type { UserId } from '../../shared/ids.ts'
import type { CommandContext, Commander } from './command-context.ts'
import { clearExpiredStatuses } from './status-expiry.ts'

/** Throws `forbidden` for anybody else's, `invalid_request` for an end that is past. */
export function updateStatus(
  { database, now, notifier }: CommandContext,
  commander: Commander,
  { userId, changes }: { userId: UserId; changes: z.output<typeof updateStatusRequestSchema> },
): void {
  if (userId !== commander.userId) throw new AppError('forbidden')
  const { status, text, emoji, expiresAt } = changes
  const time = now()
  if (typeof expiresAt === 'number' && expiresAt <= time) {
    throw new AppError('invalid_request', { message: 'expiresAt is past' })
  }
  const { sqlite } = database
  sqlite.transaction(() => {
    // What is left out stays, but nothing stays that has run out.
    clearExpiredStatuses(sqlite, time)
    sqlite
      .prepare(
        `UPDATE users SET status = coalesce(@status, status),
           status_text = iif(@hasText, @text, status_text),
           status_emoji = iif(@hasEmoji, @emoji, status_emoji),
           status_expires_at = iif(@hasEnd, @expiresAt, status_expires_at), updated_at = @time
         WHERE id = @userId`,
      )
      .run({
        ...{ userId, time, status: status ?? null },
        ...{ hasText: Number(text !== undefined), text: text ?? null },
        ...{ hasEmoji: Number(emoji !== undefined), emoji: emoji ?? null },
        ...{ hasEnd: Number(expiresAt !== undefined), expiresAt: expiresAt ?? null },
      })
  })()
  notifier.publish('everyone', { topic: 'people' })
}
