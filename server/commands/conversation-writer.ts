/** How a command writes to a conversation: through the same guard and journal as a browser. */
import type { Conversation } from '../../shared/document/names.ts'
import type { RecordEdit } from '../../shared/document/record-edit.ts'
import type { Actor } from '../../shared/guard/actor.ts'

export interface ConversationWriter {
  /**
   * Writes to the newest segment. Resolves when the edits are on disk and in the tables. Throws AppError with the guard's code
   * when they are refused. Up to 500 edits of together 512 KiB stand or fall together; longer
   * lists are written in order, in parts of that size. With `storage_full` and `try_again` the
   * edits may be on disk already, only not in the tables yet.
   */
  write: (conversation: Conversation, actor: Actor, edits: readonly RecordEdit[]) => Promise<void>
}
