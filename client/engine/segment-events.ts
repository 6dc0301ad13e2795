/** What the document of one segment and the knowledge of its conversation's chain tell each other. */
import type * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'
import { parseDocumentName } from '../../shared/document/names.ts'
import type { ConversationId } from '../../shared/ids.ts'
import type { ClientMessage } from '../../shared/sync/stateless-messages.ts'
import type { KnownSegments } from './known-segments.ts'

export interface SegmentEvents {
  /** The conversation goes on in another segment; may be called again with the same number. */
  onNextSegment: (segment: number) => void
  /** Others wrote, edited or deleted messages in it. */
  onArrivals: () => void
  /** The server tells of changes in segments of this conversation. */
  onSegmentsChanged: (changed: readonly number[], seq: number) => void
  /** This device's copy of it is gone, or cannot be read. */
  onCopyLost: () => void
  /** What to ask the server for when the document is in step; undefined for nothing. */
  question: () => ClientMessage | undefined
}

export function createSegmentEvents(
  name: string,
  segments: KnownSegments,
  onArrivals: (conversationId: ConversationId) => void,
): SegmentEvents {
  const address = parseDocumentName(name)
  if (address?.kind !== 'conversation') throw new Error(`${name} is no conversation`)
  const { conversation, segment: own } = address
  return {
    onNextSegment: (segment) => segments.note(conversation, segment),
    onArrivals: () => onArrivals(conversation.id),
    onSegmentsChanged(changed, seq) {
      segments.noteChanged(conversation, changed, seq)
      if (changed.length > 0) onArrivals(conversation.id)
    },
    onCopyLost: () => segments.noteLost(conversation, own),
    // Asked of the newest one alone, which everybody who follows the conversation has open.
    question: () =>
      own > 1 && own === segments.newest(conversation)
        ? { type: 'segments', since: segments.knownSeq(conversation) }
        : undefined,
  }
}

/** Tells of what others do in a document, and at once of its successor when it names one already. */
export function watchSegment(document: Y.Doc, { onNextSegment, onArrivals }: SegmentEvents): void {
  const meta = rootMap(document, 'meta')
  const follow = (): void => {
    const next = meta.get('next')
    if (typeof next === 'number') onNextSegment(next)
  }
  meta.observe(follow)
  follow()
  rootMap(document, 'messages').observe((_event, { local }) => (local ? undefined : onArrivals()))
}
