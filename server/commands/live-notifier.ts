/** What a command tells open connections after its transaction has committed. */
import type { Conversation } from '../../shared/document/names.ts'
import type { UserId } from '../../shared/ids.ts'
import type { DirectoryEvent } from '../../shared/sync/stateless-messages.ts'

export interface LiveNotifier {
  /** Tells these people's open browsers what to read again. */
  publish: (userIds: readonly UserId[] | 'everyone', event: DirectoryEvent) => void
  /**
   * Decides anew what open connections may do: of one person, in one conversation, or both when
   * both are given. Connections that may read no longer are closed with `access_ended`.
   */
  accessChanged: (scope: { userId?: UserId; conversation?: Conversation }) => void
  /**
   * Shows those who have the conversation open that this person types in it, or has stopped. Throws
   * `rate_limited` when they said so too often. The caller has checked that they may post.
   */
  showTyping: (userId: UserId, conversation: Conversation, isTyping: boolean) => void
  /** Closes every connection that was opened with this session, this token, or by this person. */
  credentialEnded: (
    credential: { sessionId: string } | { tokenId: string } | { userId: UserId },
  ) => void
}
