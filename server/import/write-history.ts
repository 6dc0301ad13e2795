/**
 * Writes imported messages into a conversation's segments through the same guard, journal and
 * projection as every other change, in a process of its own that holds the data directory.
 */
import { formatConversationName, type Conversation } from '../../shared/document/names.ts'
import type { Engine } from '../journal/open-engine.ts'
import { rollSegment, type SegmentLimits } from '../journal/roll-segments.ts'
import { createConversationWriter } from '../journal/write-conversation.ts'
import type { ReadMessagePlace } from '../projection/message-places.ts'
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

export interface HistoryWriterDeps {
  engine: Engine
  readPlace: ReadMessagePlace
  limits: Pick<SegmentLimits, 'maxMessages'>
}

export function createHistoryWriter({
  engine,
  readPlace,
  limits,
}: HistoryWriterDeps): HistoryWriter {
  const { segments, documents } = engine
  const writer = createConversationWriter({
    admission: engine.admission,
    journal: engine.journal,
    documents,
    segments,
    // Each document is held open around all batches of its part of the history.
    withDocument: (name, use) =>
      documents.get(name) === undefined ? withStoppedDocument(engine, name, use) : use(),
  })

  function writeInto(
    name: string,
    messages: readonly ImportedMessage[],
    signal: AbortSignal,
  ): Promise<HistoryResult> {
    return withStoppedDocument(engine, name, async (document) => {
      const { batches, newMessages, newReactions } = planEdits(document, messages)
      for (const batch of batches) {
        signal.throwIfAborted()
        await writer.writeAsServer(name, batch)
      }
      return { newMessages, newReactions }
    })
  }

  /** How many more messages the newest segment takes; a full one is followed by the next first. */
  async function makeRoom(conversation: Conversation): Promise<number> {
    const segment = segments.newest(conversation)
    const name = formatConversationName(conversation, segment)
    const count = await withStoppedDocument(engine, name, () =>
      Promise.resolve(documents.get(name)?.messageCount ?? 0),
    )
    if (count < limits.maxMessages) return limits.maxMessages - count
    await rollSegment({ segments, write: writer.writeAsServer }, conversation, segment)
    return limits.maxMessages
  }

  return {
    async write(conversation, messages, { signal }) {
      const results: HistoryResult[] = []
      const bySegment = Map.groupBy(messages, ({ id }) => readPlace(conversation, id))
      for (const [segment, known] of bySegment) {
        if (segment === undefined) continue
        const name = formatConversationName(conversation, segment)
        results.push(await writeInto(name, known, signal))
      }
      let missing = bySegment.get(undefined) ?? []
      while (missing.length > 0) {
        const room = await makeRoom(conversation)
        const name = formatConversationName(conversation, segments.newest(conversation))
        results.push(await writeInto(name, missing.slice(0, room), signal))
        missing = missing.slice(room)
      }
      return {
        newMessages: results.reduce((sum, { newMessages }) => sum + newMessages, 0),
        newReactions: results.reduce((sum, { newReactions }) => sum + newReactions, 0),
      }
    },
  }
}
