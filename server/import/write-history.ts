/**
 * Writes imported messages into a conversation's document through the same guard, journal and
 * projection as every other change, in a process of its own that holds the data directory.
 */
import { formatConversationName, type Conversation } from '../../shared/document/names.ts'
import type { Engine } from '../journal/open-engine.ts'
import { createConversationWriter } from '../journal/write-conversation.ts'
import type { ImportedMessage } from './imported-records.ts'
import { planEdits } from './plan-edits.ts'
import { withStoppedDocument } from './stopped-writer.ts'

export interface HistoryResult {
  newMessages: number
  newReactions: number
}

export interface HistoryWriter {
  /**
   * Resolves when what was missing is on disk and in the tables. Stops between two batches when
   * `signal` is aborted; what was written until then stays, and the next run writes the rest.
   */
  write: (
    conversation: Conversation,
    messages: readonly ImportedMessage[],
    options: { signal: AbortSignal },
  ) => Promise<HistoryResult>
}

export function createHistoryWriter(engine: Engine): HistoryWriter {
  const writer = createConversationWriter({
    admission: engine.admission,
    journal: engine.journal,
    documents: engine.documents,
    segments: engine.segments,
    // Each document is held open around all batches of its history.
    withDocument: (_name, use) => use(),
  })
  return {
    write(conversation, messages, { signal }) {
      const name = formatConversationName(conversation)
      return withStoppedDocument(engine, name, async (document) => {
        const { batches, newMessages, newReactions } = planEdits(document, messages)
        for (const batch of batches) {
          signal.throwIfAborted()
          await writer.writeAsServer(name, batch)
        }
        return { newMessages, newReactions }
      })
    },
  }
}
