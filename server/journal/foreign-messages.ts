/**
 * Message ids are unique within a conversation, and a conversation is a chain of documents: the
 * guard, which sees one of them, is told here what the others have. Without that, whoever wrote an
 * existing id into another segment would take over its row.
 */
import { parseDocumentName } from '../../shared/document/names.ts'
import type { RecordChange } from '../../shared/document/record-edit.ts'
import type { ReadMessagePlace } from '../projection/message-places.ts'
import type { ProjectionQueue } from '../projection/projection-queue.ts'
import type { Segments } from './segments.ts'

export interface ForeignMessages {
  /** Whether another segment of the same conversation has a message with this id. */
  has: (documentName: string, messageId: string) => boolean
  /** Names what a batch may create but once in all segments of a conversation. */
  claimOf: (
    documentName: string,
    changes: readonly RecordChange[],
  ) => { conversation: string; touched: string[] } | undefined
}

export interface ForeignMessagesDeps {
  segments: Segments
  readPlace: ReadMessagePlace
  projection: Pick<ProjectionQueue, 'waitingPlaceOf'>
}

export function createForeignMessages(deps: ForeignMessagesDeps): ForeignMessages {
  const { segments, readPlace, projection } = deps

  /** Undefined for documents that are alone, which most are. */
  function chainOf(documentName: string) {
    const address = parseDocumentName(documentName)
    if (address?.kind !== 'conversation') return undefined
    return segments.newest(address.conversation) > 1 ? address : undefined
  }

  return {
    has(documentName, messageId) {
      const chain = chainOf(documentName)
      if (chain === undefined) return false
      const { conversation, segment } = chain
      // What was admitted last may not be in the tables yet.
      const waiting = projection.waitingPlaceOf(conversation, messageId)
      const place = waiting ?? readPlace(conversation, messageId)
      return place !== undefined && place !== segment
    },
    claimOf(documentName, changes) {
      const chain = chainOf(documentName)
      if (chain === undefined) return undefined
      const touched = changes
        .filter(({ root, before }) => root === 'messages' && before === undefined)
        .map(({ key }) => key)
      return { conversation: `conversation ${chain.conversation.id}`, touched }
    },
  }
}
