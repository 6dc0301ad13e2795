/**
 * When to tell the server what was read: at once, and then no more than once in a while for each
 * conversation, since each message that comes into one that somebody looks at is read as it comes.
 */
import type { Conversation } from '../../shared/document/names.ts'
import type { ConversationId, MessageId } from '../../shared/ids.ts'

export interface ReadMark {
  conversation: Conversation
  messageId: MessageId
}

export interface ReadMarks {
  /** This was read. What is told later of the same conversation takes its place. */
  mark: (mark: ReadMark) => void
  /** Something that was read there is still to be told. */
  isDue: (conversationId: ConversationId) => boolean
  /** Tells what is due now, for the page may go away. */
  flush: () => void
}

export const READ_INTERVAL_MS = 3_000

export function createReadMarks(send: (mark: ReadMark) => void): ReadMarks {
  /** Told lately; with what is due when the time has passed. */
  const resting = new Map<ConversationId, ReadMark | undefined>()

  function tell(mark: ReadMark): void {
    const { id } = mark.conversation
    resting.set(id, undefined)
    send(mark)
    setTimeout(() => {
      const due = resting.get(id)
      resting.delete(id)
      if (due !== undefined) tell(due)
    }, READ_INTERVAL_MS)
  }

  return {
    mark(mark) {
      const { id } = mark.conversation
      if (resting.has(id)) resting.set(id, mark)
      else tell(mark)
    },
    isDue: (conversationId) => resting.get(conversationId) !== undefined,
    flush() {
      for (const [id, due] of resting) {
        if (due === undefined) continue
        resting.set(id, undefined)
        send(due)
      }
    },
  }
}
