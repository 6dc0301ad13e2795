/** What people have before their eyes at this moment, as far as the server knows. */
import type { ConversationId, UserId } from '../../../shared/ids.ts'

export interface Attention {
  isOnline: (userId: UserId) => boolean
  /** They have this conversation open on a visible screen. */
  isLooking: (userId: UserId, conversationId: ConversationId) => boolean
}

/** Where nobody can know, as before the server listens: rather one notification too many. */
export const unknownAttention: Attention = { isOnline: () => true, isLooking: () => false }
