/** One encrypted message to one browser by way of its push service (RFC 8030, 8291 and 8292). */
import { Agent, request } from 'node:https'
import webPush from 'web-push'
import { lookUpPublic } from './public-addresses.ts'
import type { VapidKeys } from './vapid-keys.ts'

export interface PushTarget {
  endpoint: string
  p256dh: string
  auth: string
}

export interface PushMessage {
  payload: string
  isUrgent: boolean
}

/** `gone`: this browser will never take one again. `refused`: it will not take this one. */
export type PushOutcome = 'sent' | 'gone' | 'refused' | 'later'

/** Never rejects for what the push service does or fails to do. */
export type SendPush = (target: PushTarget, message: PushMessage) => Promise<PushOutcome>

const TIMEOUT_MS = 10_000
/** Whoever's browser is off for longer finds it in the app. */
const KEEP_SECONDS = 24 * 60 * 60

/** How the network is reached; tests give one that leads to a receiver of their own. */
export function createPushAgent(): Agent {
  return new Agent({ lookup: lookUpPublic, maxSockets: 32 })
}

export function createSendPush(keys: VapidKeys, subject: string, agent: Agent): SendPush {
  const vapidDetails = {
    subject,
    publicKey: keys.publicKey,
    privateKey: keys.privateKey.reveal(),
  }
  return async ({ endpoint, p256dh, auth }, { payload, isUrgent }) => {
    let details
    try {
      details = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, payload, {
        vapidDetails,
        TTL: KEEP_SECONDS,
        urgency: isUrgent ? 'high' : 'normal',
      })
    } catch {
      return 'gone' // its keys are no point on the curve: nothing can be encrypted for it
    }
    const { body, headers } = details
    const status = await post(endpoint, headers, body, agent)
    if (status === undefined || status === 429 || status >= 500) return 'later'
    if (status >= 200 && status < 300) return 'sent'
    // Not at 401 and 403, which a wrong clock of this machine brings from every push service at once.
    return status === 404 || status === 410 ? 'gone' : 'refused'
  }
}

/** The answer's status; undefined when none came in time. What else it says is not read. */
function post(
  endpoint: string,
  headers: NodeJS.Dict<string | number>,
  body: Buffer | null,
  agent: Agent,
): Promise<number | undefined> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const sending = request(endpoint, { method: 'POST', headers, agent, signal }, (response) => {
      resolve(response.statusCode)
      response.destroy()
    })
    sending.on('error', () => resolve(undefined))
    sending.end(body)
  })
}
