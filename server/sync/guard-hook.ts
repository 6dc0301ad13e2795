/**
 * Every update from a socket goes through admission before Hocuspocus applies, acknowledges or
 * relays it (P1, P2). A refusal closes this document's session alone, with the reason.
 */
import type { beforeSyncPayload, Connection, Extension } from '@hocuspocus/server'
import { parseUpdateMeta } from 'yjs'
import { messageYjsSyncStep1, messageYjsSyncStep2, messageYjsUpdate } from 'y-protocols/sync'
import { AppError, type ErrorCode } from '../../shared/errors.ts'
import { refusalSchema, type Refusal } from '../../shared/sync/refusal.ts'
import type { ServerMessage } from '../../shared/sync/stateless-messages.ts'
import type { Admission } from '../journal/admission.ts'
import { actorOf, closeEvent, type SyncContext } from './sync-session.ts'
import { createTokenBuckets, type TokenBuckets } from './token-bucket.ts'

export interface GuardHookDeps {
  admission: Admission
  /** Per person: how many updates they may send. */
  updateRate: TokenBuckets
  /** Per person: how many documents may bring a backlog. */
  backlogRate: TokenBuckets
  now: () => number
  onRefused: (code: ErrorCode) => void
  onUnexpected: (error: unknown) => void
}

/** Yjs's encoding of "no structs, nothing deleted". */
const EMPTY_UPDATE_BYTES = 2
/** Of each document session: one on opening, and a few for a client that wants to be sure. */
const QUESTION_RATE = { capacity: 5, perSecond: 0.2 }

interface DurableClock {
  clientId: number
  /** Everything of the clientID below it is on disk. */
  clock: number
}

export function createGuardHook(deps: GuardHookDeps): Extension<SyncContext> {
  const { admission, updateRate, backlogRate, now, onUnexpected } = deps
  const withBacklog = new WeakSet<Connection>()
  const questions = new WeakMap<Connection, TokenBuckets>()

  function questionsOf(connection: Connection): TokenBuckets {
    const asked = questions.get(connection) ?? createTokenBuckets({ ...QUESTION_RATE, now })
    questions.set(connection, asked)
    return asked
  }

  /** The backlog of a device comes as one SyncStep2 per document; what is typed, as updates. */
  function isInTime(type: number, connection: Connection, userId: string): boolean {
    if (type === messageYjsUpdate || withBacklog.has(connection)) return updateRate.take(userId)
    withBacklog.add(connection)
    return backlogRate.take(userId)
  }

  function refuse(refusal: Refusal): ReturnType<typeof closeEvent> {
    deps.onRefused(refusal.code)
    return closeEvent(refusal)
  }

  async function admit(payload: beforeSyncPayload<SyncContext>): Promise<readonly DurableClock[]> {
    const { connection, context, documentName, payload: update, type } = payload
    const { session, socket } = context
    if (session === undefined) throw refuse({ code: 'unauthenticated' })
    if (session.endedWith !== undefined) throw refuse({ code: session.endedWith })
    const actor = actorOf(session, socket)
    if (actor === undefined) {
      if (update.byteLength > EMPTY_UPDATE_BYTES) throw refuse({ code: 'server_only' })
      return []
    }
    // Every document that is opened answers the server's question, mostly with nothing.
    if (update.byteLength <= EMPTY_UPDATE_BYTES && type === messageYjsSyncStep2) return []
    if (!isInTime(type, connection, session.identity.userId)) throw refuse({ code: 'rate_limited' })
    try {
      const origin = { source: 'connection' as const, connection }
      const request = { documentName, update, actor, writer: 'person' as const, origin }
      const { clients } = await admission.admit(request)
      // What another tab or device has brought already is not new, and its writer waits to hear of it.
      const isPlain = type === messageYjsUpdate && clients.length > 0
      return isPlain ? clients : clocksIn(update)
    } catch (error) {
      throw refuse(refusalOf(error))
    }
  }

  function refusalOf(error: unknown): Refusal {
    if (!(error instanceof AppError)) {
      onUnexpected(error)
      return { code: 'internal' }
    }
    return refusalSchema.safeParse(error.details).data ?? { code: error.code }
  }

  return {
    extensionName: 'guard-hook',
    async beforeSync(payload: beforeSyncPayload<SyncContext>) {
      switch (payload.type) {
        case messageYjsSyncStep1:
          // Each is answered with all that the sender lacks, and costs them a few bytes.
          if (!questionsOf(payload.connection).take('')) throw refuse({ code: 'rate_limited' })
          return
        case messageYjsSyncStep2:
        case messageYjsUpdate: {
          const acknowledged = await admit(payload)
          // Admission has applied what was judged. Hocuspocus would apply the sender's own bytes
          // after that: in their place, in the frame itself, it finds an empty update.
          payload.payload.fill(0)
          for (const { clientId, clock } of acknowledged) {
            const message: ServerMessage = { type: 'durable', clientId, clock }
            payload.connection.sendStateless(JSON.stringify(message))
          }
          return
        }
        default:
          throw refuse({ code: 'malformed_update' })
      }
    },
  }
}

/** How far an update goes that was admitted: all of it is on disk, whether new or there before. */
function clocksIn(update: Uint8Array): DurableClock[] {
  return [...parseUpdateMeta(update).to].map(([clientId, clock]) => ({ clientId, clock }))
}
