/** Puts the parts that deliver notifications together, as the configuration wants them. */
import type { Agent } from 'node:https'
import type { Config } from '../config/config.ts'
import type { Logger } from '../observability/logger.ts'
import {
  createNotifications,
  type Notifications,
  type NotificationsDeps,
} from './create-notifications.ts'
import { createPushAgent, createSendPush } from './push/send-push.ts'
import type { VapidKeys } from './push/vapid-keys.ts'
import { scoreUrgency } from './urgency/score-urgency.ts'
import { createUrgencyEndpoint } from './urgency/urgency-endpoint.ts'

export interface OpenNotificationsDeps extends Omit<
  NotificationsDeps,
  'sendPush' | 'judge' | 'publicUrl' | 'logger'
> {
  config: Config
  vapidKeys: VapidKeys
  logger: Logger
  /** How push services are reached; the open internet when left out. */
  pushAgent?: Agent | undefined
}

export function openNotifications({
  config,
  vapidKeys,
  pushAgent = createPushAgent(),
  ...deps
}: OpenNotificationsDeps): Notifications {
  const { publicUrl } = config.http
  const address = /[^<>\s]+@[^<>\s]+/.exec(config.mail.from)?.[0]
  // Whom a push service may write to about this server.
  const subject = publicUrl.startsWith('https:') ? publicUrl : `mailto:${address}`
  const onFailure = (error: unknown): void =>
    deps.logger.warn({ error }, 'the judge of urgency at URGENCY_URL did not answer well')
  const judge =
    config.urgencyUrl === undefined
      ? scoreUrgency
      : createUrgencyEndpoint({
          url: config.urgencyUrl,
          fallback: scoreUrgency,
          now: deps.now,
          onFailure,
        })
  return createNotifications({
    ...deps,
    publicUrl,
    judge,
    sendPush: createSendPush(vapidKeys, subject, pushAgent),
  })
}
