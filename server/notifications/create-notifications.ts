/**
 * What follows a commit that notified people: their open browsers are told, the notifications are
 * judged for being urgent, and then they go out by push and e-mail. All of its memory is in the
 * tables: what a crash or a restart interrupts goes on at the next start.
 */
import type { LiveNotifier } from '../commands/live-notifier.ts'
import type { UserId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import type { Mailer } from '../mail/mailer.ts'
import type { Logger } from '../observability/logger.ts'
import { createEmailDelivery } from './email/deliver-email.ts'
import { createOutbox } from './outbox.ts'
import { createPushDelivery } from './push/deliver-push.ts'
import type { SendPush } from './push/send-push.ts'
import { createJudgePending } from './urgency/judge-pending.ts'
import type { UrgencyJudge } from './urgency/urgency-question.ts'

export interface NotificationsDeps {
  sqlite: SqliteConnection
  now: () => number
  notifier: Pick<LiveNotifier, 'publish'>
  mailer: Mailer
  sendPush: SendPush
  judge: UrgencyJudge
  isOnline: (userId: UserId) => boolean
  publicUrl: string
  /** Where this person ends the e-mail to this address. */
  unsubscribeUrl: (userId: UserId, email: string) => string
  logger: Pick<Logger, 'info' | 'warn' | 'error'>
}

export interface Notifications {
  /** Notifications of these people were written or taken away, and are on disk. */
  changed: (userIds: readonly UserId[]) => void
  /** Waits a little for what is under way. */
  close: () => Promise<void>
}

const RETRY_MS = 30_000

/** Begins with what an earlier run left behind. */
export function createNotifications(deps: NotificationsDeps): Notifications {
  const { sqlite, now, notifier, mailer, logger } = deps
  const onUnexpected = (error: unknown): void =>
    logger.error({ error }, 'notifications could not be delivered')
  const outbox = createOutbox(sqlite, now)
  const push = createPushDelivery({ sqlite, outbox, send: deps.sendPush, now, onUnexpected })
  const email = mailer.isConfigured
    ? createEmailDelivery({
        ...{ sqlite, outbox, mailer, now, onUnexpected },
        isOnline: deps.isOnline,
        publicUrl: deps.publicUrl,
        unsubscribeUrl: deps.unsubscribeUrl,
        onFailure: (error, userId) => logger.warn({ error, userId }, 'an e-mail did not go out'),
      })
    : undefined
  const judgePending = createJudgePending(sqlite, deps.judge)
  let judging: Promise<void> | undefined
  let isMoreWaiting = false
  let isClosed = false

  async function judgeAll(): Promise<void> {
    try {
      for (let urgent = await judgePending(); urgent !== undefined; urgent = await judgePending()) {
        // They were told before; only what has become urgent looks otherwise now.
        if (urgent.length > 0) publish(urgent)
        push.wake()
        email?.wake()
        if (isClosed) return
      }
    } catch (error) {
      onUnexpected(error)
      setTimeout(judge, RETRY_MS).unref()
    }
  }

  function judge(): void {
    if (isClosed) return
    isMoreWaiting = judging !== undefined
    judging ??= judgeAll().finally(() => {
      judging = undefined
      if (isMoreWaiting) judge()
    })
  }

  function publish(userIds: readonly UserId[]): void {
    notifier.publish([...new Set(userIds)], { topic: 'notifications' })
  }

  if (!mailer.isConfigured) {
    logger.info('no SMTP_URL is set: no e-mail is sent')
    // What is left of a time with a mail server.
    outbox.clear('EMAIL')
  }
  push.wake()
  email?.wake()
  judge()

  return {
    changed(userIds) {
      if (isClosed) return
      publish(userIds)
      judge()
    },
    async close() {
      isClosed = true
      await Promise.all([push.close(), email?.close()])
    },
  }
}
