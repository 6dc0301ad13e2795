/** Who may write what under a key of the root map `reactions`. Pure; used by both sides. */
import type { KeyChain } from '../document/key-chain.ts'
import type { ErrorCode } from '../errors.ts'
import type { MessageId } from '../ids.ts'
import { parseReactionKey, reactionRecordSchema } from '../records/reaction.ts'
import type { Actor } from './actor.ts'
import { isTooFarAhead, type GuardLimits } from './limits.ts'

export interface ReactionContext {
  actor: Actor
  now: number
  limits: GuardLimits
  /** Whether the document will hold this message once the update is applied. */
  hasMessage: (messageId: MessageId) => boolean
}

/** Judges all that one update writes to one reaction; undefined when it is allowed. */
export function judgeReaction(
  chain: KeyChain,
  { actor, now, limits, hasMessage }: ReactionContext,
): ErrorCode | undefined {
  const key = parseReactionKey(chain.key)
  if (key === undefined) return 'invalid_key'
  if (actor.kind === 'person' && key.userId !== actor.userId) return 'not_yours'
  for (const { hasValue, value } of chain.written) {
    if (!hasValue) continue
    const time = reactionRecordSchema.safeParse(value)
    if (!time.success) return 'invalid_record'
    if (isTooFarAhead(time.data, now, limits)) return 'too_far_in_future'
  }
  return chain.written.length === 0 || hasMessage(key.messageId) ? undefined : 'unknown_message'
}
