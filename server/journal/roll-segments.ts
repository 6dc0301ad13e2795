/**
 * Starts the next segment of a conversation when the one that is written to has grown past its
 * limits: Yjs pays for every message and every clientID of a document at every change. The new
 * document comes first, then the old one names it: a crash in between leaves a segment that
 * nobody is told of, which is mended when the old one is loaded again.
 */
import { rootMap } from '../../shared/document/layout.ts'
import {
  formatConversationName,
  parseDocumentName,
  type Conversation,
} from '../../shared/document/names.ts'
import type { RecordEdit } from '../../shared/document/record-edit.ts'
import type { LiveDocument } from './live-documents.ts'
import type { Segments } from './segments.ts'

export interface SegmentLimits {
  maxMessages: number
  maxClients: number
}

export interface SegmentRoller {
  /** Looks at a document that was loaded or has grown; rolls in the background when it is time. */
  consider: (documentName: string, live: LiveDocument) => void
  /** Starts the segment after this one, or waits for the start that is under way. */
  roll: (conversation: Conversation, segment: number) => Promise<void>
  /** Resolves when no rolling is under way. */
  settled: () => Promise<void>
}

export interface SegmentRollerDeps {
  limits: SegmentLimits
  segments: Segments
  /** Writes as the server; resolves when the edits are on disk. */
  write: (documentName: string, edits: readonly RecordEdit[]) => Promise<void>
  onUnexpected: (error: unknown) => void
}

/** Makes the segment after this one, and names it there. Doing it again does no harm. */
async function rollSegment(
  { segments, write }: SegmentRollerDeps,
  conversation: Conversation,
  segment: number,
): Promise<void> {
  const next = segment + 1
  await write(formatConversationName(conversation, next), [
    { root: 'meta', key: 'segment', value: next },
    { root: 'meta', key: 'previous', value: segment },
  ])
  segments.add(conversation, next)
  await write(formatConversationName(conversation, segment), [
    { root: 'meta', key: 'next', value: next },
  ])
}

export function createSegmentRoller(deps: SegmentRollerDeps): SegmentRoller {
  const { limits, segments, onUnexpected } = deps
  const rolling = new Map<string, Promise<void>>()

  function roll(conversation: Conversation, segment: number): Promise<void> {
    const documentName = formatConversationName(conversation, segment)
    const rolled =
      rolling.get(documentName) ??
      rollSegment(deps, conversation, segment).finally(() => rolling.delete(documentName))
    rolling.set(documentName, rolled)
    return rolled
  }

  return {
    roll,
    consider(documentName, live) {
      const address = parseDocumentName(documentName)
      if (address?.kind !== 'conversation' || rolling.has(documentName)) return
      const { conversation, segment } = address
      const newest = segments.newest(conversation)
      const isFull =
        live.messageCount >= limits.maxMessages ||
        live.document.store.clients.size >= limits.maxClients
      const isUntold = segment < newest && !rootMap(live.document, 'meta').has('next')
      if (!(segment === newest && isFull) && !isUntold) return
      roll(conversation, segment).catch(onUnexpected)
    },
    async settled() {
      await Promise.allSettled(rolling.values())
    },
  }
}
