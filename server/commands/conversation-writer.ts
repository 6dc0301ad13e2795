/** How a command writes to a conversation: through the same guard and journal as a browser. */
import type { Conversation } from '../../shared/document/names.ts'
import type { RecordEdit } from '../../shared/document/record-edit.ts'
import type { Actor } from '../../shared/guard/actor.ts'

export interface ConversationWriter {
  /**
   * Resolves when the edits are on disk and in the tables. Throws AppError with the guard's code
   * when they are refused. Up to 500 edits stand or fall together; longer lists are written in
   * order, in parts of that size.
   */
  write: (conversation: Conversation, actor: Actor, edits: readonly RecordEdit[]) => Promise<void>
}
