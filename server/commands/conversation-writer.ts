/** How a command writes to a conversation: through the same guard and journal as a browser. */
import type { Conversation } from '../../shared/document/names.ts'
import type { RootName } from '../../shared/document/layout.ts'
import type { RecordEdit } from '../../shared/document/record-edit.ts'
import type { Actor } from '../../shared/guard/actor.ts'

export interface SegmentPlace {
  conversation: Conversation
  segment: number
}

/** Reads the value under a key of the document, undefined when there is none. */
export type ReadRecord = (root: RootName, key: string) => unknown

/** Answers the edits to make; none when all is as wanted already. */
export type Decide = (read: ReadRecord) => readonly RecordEdit[]

export interface ConversationWriter {
  /**
   * Writes to the newest segment. Resolves when the edits are on disk and in the tables. Throws AppError with the guard's code
   * when they are refused. Up to 500 edits of together 512 KiB stand or fall together; longer
   * lists are written in order, in parts of that size. With `storage_full` and `try_again` the
   * edits may be on disk already, only not in the tables yet.
   */
  write: (conversation: Conversation, actor: Actor, edits: readonly RecordEdit[]) => Promise<void>
  /**
   * Changes what stands in one segment, as `write` does. What `decide` reads is still so when its
   * edits enter: it is asked again when somebody else was quicker. It may throw, and be called often.
   */
  change: (place: SegmentPlace, actor: Actor, decide: Decide) => Promise<void>
}
