/** The documents of one conversation that are in memory, by the number of their segment. */
import type { MessageId } from '../../shared/ids.ts'
import type { ConversationDocument } from './document-interface.ts'

export interface OpenSegments {
  open: (segment: number) => ConversationDocument
  /** Opens what is missing of these, and lets go of all others. */
  keep: (needed: ReadonlySet<number>) => void
  /** In the order of the chain. */
  all: () => { segment: number; document: ConversationDocument }[]
  /** Where a message stands; the newest segment first. */
  holderOf: (
    messageId: MessageId,
  ) => { segment: number; document: ConversationDocument } | undefined
  close: () => void
}

export interface OpenSegmentsDeps {
  acquire: (segment: number) => ConversationDocument
  release: (segment: number) => void
  /** One of the documents has changed. */
  onChange: () => void
}

export function createOpenSegments(deps: OpenSegmentsDeps): OpenSegments {
  const opened = new Map<number, { document: ConversationDocument; unsubscribe: () => void }>()

  function open(segment: number): ConversationDocument {
    const existing = opened.get(segment)
    if (existing !== undefined) return existing.document
    const document = deps.acquire(segment)
    opened.set(segment, { document, unsubscribe: document.state.subscribe(deps.onChange) })
    return document
  }

  function shut(segment: number): void {
    opened.get(segment)?.unsubscribe()
    if (opened.delete(segment)) deps.release(segment)
  }

  const all: OpenSegments['all'] = () =>
    [...opened]
      .map(([segment, { document }]) => ({ segment, document }))
      .toSorted((one, other) => one.segment - other.segment)

  return {
    open,
    keep(needed) {
      for (const segment of [...opened.keys()]) if (!needed.has(segment)) shut(segment)
      for (const segment of needed) open(segment)
    },
    all,
    holderOf: (messageId) =>
      all().findLast(({ document }) => document.find(messageId) !== undefined),
    close() {
      for (const segment of [...opened.keys()]) shut(segment)
    },
  }
}
