/** Who may write what under a key of the root map `reactions`. Pure; used by both sides. */
import type { KeyChain } from '../document/key-chain.ts'
import type { ErrorCode } from '../errors.ts'
import type { MessageId } from '../ids.ts'
import { parseReactionKey, reactionRecordSchema } from '../records/reaction.ts'
import type { Actor } from './actor.ts'
import { giverOf, type ReactionCount } from './count-reactions.ts'
import { isTooFarAhead, type GuardLimits } from './limits.ts'

export interface ReactionContext {
  actor: Actor
  now: number
  limits: GuardLimits
  /** Whether the document will hold this message once the update is applied. */
  hasMessage: (messageId: MessageId) => boolean
  /** How many reactions of this giver the document will hold then. */
  reactionCount: ReactionCount
}

/** Judges all that one update writes to one reaction; undefined when it is allowed. */
export function judgeReaction(
  chain: KeyChain,
  { actor, now, limits, hasMessage, reactionCount }: ReactionContext,
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
  if (chain.written.length === 0) return undefined
  if (!hasMessage(key.messageId)) return 'unknown_message'
  const isAdded = chain.before === undefined && chain.after() !== undefined
  if (!isAdded || actor.kind === 'server') return undefined
  return reactionCount(giverOf(chain.key)) > limits.maxReactionsPerMessage
    ? 'too_many_reactions'
    : undefined
}
