/** What the document of one segment offers to the chain that it belongs to. Types alone. */
import type { MessageId } from '../../shared/ids.ts'
import type { NewEntry } from './delivery-queue.ts'
import type { MessageView, PageMessage, SegmentSnapshot } from './engine-interface.ts'
import type { ObservableValue } from './observable-value.ts'

export interface ConversationDocument {
  state: ObservableValue<SegmentSnapshot>
  /** True once the server's state and this browser's are the same, as far as is known. */
  isSynced: () => boolean
  /** True while the server does not let this person in. */
  isDenied: () => boolean
  /** The newest `createdAt`; 0 when there are no messages. */
  newest: () => number
  /** What stands under a message's id, waiting writes included. */
  find: (messageId: MessageId) => MessageView | undefined
  /** Shows what REST says of it, until the document is there; nothing where a copy is. */
  standIn: (rows: readonly PageMessage[]) => void
  write: (entry: NewEntry) => void
  retry: (outboxId: string) => void
  discard: (outboxId: string) => void
  sendTyping: (isTyping: boolean) => void
  /** Opens the session anew, after signing in or when access may have been given. */
  reconnect: () => void
  /**
   * The server's store was restored from a backup: takes a fresh document from it, and puts back
   * what this person wrote and it lacks.
   */
  restore: () => void
  close: () => Promise<void>
}
