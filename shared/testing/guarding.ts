/** A conversation to attack, and the guard's answer to one update. Never imported by the product. */
import * as Y from 'yjs'
import type { Actor, ConversationAccess } from '../guard/actor.ts'
import { guardUpdate, type GuardDecision } from '../guard/guard-update.ts'
import { formatReactionKey } from '../records/reaction.ts'
import type { MessageRecord } from '../records/message.ts'
import type { UserId } from '../ids.ts'
import {
  ada,
  ben,
  firstMessageId as firstId,
  mapsOf,
  memberAccess,
  message,
  now,
} from './updates.ts'

export const ADA_CLIENT = 11
export const person = (userId: UserId, access: Partial<ConversationAccess> = {}): Actor => ({
  kind: 'person',
  userId,
  access: { ...memberAccess, ...access },
})

/** Ada has written one message and reacted to it. */
export function conversation(): Y.Doc {
  const document = new Y.Doc()
  const device = new Y.Doc()
  device.clientID = ADA_CLIENT
  mapsOf(device).messages.set(firstId, message(ada))
  mapsOf(device).reactions.set(
    formatReactionKey({ messageId: firstId, userId: ada, emoji: '👍' }),
    now,
  )
  Y.applyUpdate(document, Y.encodeStateAsUpdate(device))
  return document
}

export function decide(
  document: Y.Doc,
  update: Uint8Array,
  actor: Actor = person(ben),
  owners: Record<number, string> = { [ADA_CLIENT]: ada },
): GuardDecision {
  return guardUpdate({
    update,
    document,
    actor,
    clientOwner: (clientId) => owners[clientId],
    writerId: actor.kind === 'person' ? actor.userId : 'server',
    now,
  })
}

export function codeOf(decision: GuardDecision): string {
  return decision.allowed ? 'allowed' : decision.refusal.code
}

export const tombstone = (changes: Partial<MessageRecord> = {}): unknown => ({
  ...message(ada),
  content: '',
  version: 2,
  deletedAt: now,
  deletedBy: ada,
  ...changes,
})
