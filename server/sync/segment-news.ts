/**
 * Who has the newest segment of a conversation open hears of changes in the older ones, which
 * nobody needs to have open: late messages, edits, reactions. Nothing here may throw: Hocuspocus
 * does not await these hooks.
 */
import type { Extension, Hocuspocus, onStatelessPayload } from '@hocuspocus/server'
import { formatConversationName, parseDocumentName } from '../../shared/document/names.ts'
import type { ServerMessage } from '../../shared/sync/stateless-messages.ts'
import type { LiveDocument } from '../journal/live-documents.ts'
import type { Segments } from '../journal/segments.ts'
import { parseClientMessage } from './parse-client-message.ts'
import type { SyncContext } from './sync-session.ts'
import type { TokenBuckets } from './token-bucket.ts'

export interface SegmentNewsDeps {
  hocuspocus: () => Hocuspocus<SyncContext>
  segments: Segments
  rate: TokenBuckets
  onUnexpected: (error: unknown) => void
}

export interface SegmentNews {
  extension: Extension<SyncContext>
  /** A document was loaded or has grown. */
  onDocument: (documentName: string, live: LiveDocument) => void
}

export function createSegmentNews(deps: SegmentNewsDeps): SegmentNews {
  const { segments, rate, onUnexpected } = deps
  /** Loading is no news: what a document had then is known. */
  const told = new WeakMap<LiveDocument, number>()

  function answer({ connection, payload }: onStatelessPayload): void {
    const context: SyncContext = connection.context
    const { session } = context
    const message = parseClientMessage(payload)
    if (message?.type !== 'segments' || session?.address.kind !== 'conversation') return
    if (session.endedWith !== undefined || !rate.take(session.identity.userId)) return
    const news = segments.changedSince(session.address.conversation, message.since)
    const reply: ServerMessage = { type: 'segments', ...news }
    connection.sendStateless(JSON.stringify(reply))
  }

  return {
    extension: {
      extensionName: 'segment-news',
      onStateless(payload: onStatelessPayload) {
        try {
          answer(payload)
        } catch (error) {
          onUnexpected(error)
        }
        return Promise.resolve()
      },
    },
    onDocument(documentName, live) {
      const known = told.get(live)
      told.set(live, live.appliedSeq)
      if (known === undefined || known === live.appliedSeq) return
      const address = parseDocumentName(documentName)
      if (address?.kind !== 'conversation') return
      const { conversation, segment } = address
      const newest = segments.newest(conversation)
      if (segment === newest) return
      const message: ServerMessage = { type: 'segments', changed: [segment], seq: live.appliedSeq }
      const watched = formatConversationName(conversation, newest)
      deps.hocuspocus().documents.get(watched)?.broadcastStateless(JSON.stringify(message))
    },
  }
}
