/** What the document of one segment and the knowledge of its conversation's chain tell each other. */
import type * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'
import { parseDocumentName } from '../../shared/document/names.ts'
import type { ClientMessage } from '../../shared/sync/stateless-messages.ts'
import type { KnownSegments } from './known-segments.ts'

export interface SegmentEvents {
  /** The conversation goes on in another segment; may be called again with the same number. */
  onNextSegment: (segment: number) => void
  /** The server tells of changes in segments of this conversation. */
  onSegmentsChanged: (changed: readonly number[], seq: number) => void
  /** This device's copy of it is gone, or cannot be read. */
  onCopyLost: () => void
  /** What to ask the server for when the document is in step; undefined for nothing. */
  question: () => ClientMessage | undefined
}

export function createSegmentEvents(name: string, segments: KnownSegments): SegmentEvents {
  const address = parseDocumentName(name)
  if (address?.kind !== 'conversation') throw new Error(`${name} is no conversation`)
  const { conversation, segment: own } = address
  return {
    onNextSegment: (segment) => segments.note(conversation, segment),
    onSegmentsChanged: (changed, seq) => segments.noteChanged(conversation, changed, seq),
    onCopyLost: () => segments.noteLost(conversation, own),
    // Asked of the newest one alone, which everybody who follows the conversation has open.
    question: () =>
      own > 1 && own === segments.newest(conversation)
        ? { type: 'segments', since: segments.knownSeq(conversation) }
        : undefined,
  }
}

/** Calls back when a document names its successor, and at once when it does already. */
export function watchNextSegment(document: Y.Doc, onNext: (segment: number) => void): void {
  const meta = rootMap(document, 'meta')
  const follow = (): void => {
    const next = meta.get('next')
    if (typeof next === 'number') onNext(next)
  }
  meta.observe(follow)
  follow()
}
