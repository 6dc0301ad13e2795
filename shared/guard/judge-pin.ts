/** Who may write what under a key of the root map `pins`. Pure; used by both sides. */
import type { KeyChain } from '../document/key-chain.ts'
import type { ErrorCode } from '../errors.ts'
import { messageIdSchema } from '../ids.ts'
import { pinRecordSchema } from '../records/pin.ts'
import { isTooFarAhead } from './limits.ts'
import type { ReactionContext } from './judge-reaction.ts'

/** Judges all that one update writes to one pin; undefined when it is allowed. */
export function judgePin(
  chain: KeyChain,
  { actor, now, limits, hasMessage }: ReactionContext,
): ErrorCode | undefined {
  const messageId = messageIdSchema.safeParse(chain.key)
  if (!messageId.success) return 'invalid_key'
  if (actor.kind === 'person' && !actor.access.canPin) return 'forbidden'
  for (const { hasValue, value } of chain.written) {
    if (!hasValue) continue
    const pin = pinRecordSchema.safeParse(value)
    if (!pin.success || Object.getPrototypeOf(value) !== Object.prototype) return 'invalid_record'
    if (actor.kind === 'person' && pin.data.userId !== actor.userId) return 'not_yours'
    if (isTooFarAhead(pin.data.pinnedAt, now, limits)) return 'too_far_in_future'
  }
  return chain.written.length === 0 || hasMessage(messageId.data) ? undefined : 'unknown_message'
}
