/**
 * The documents that are in memory now, by name, each with the journal's seq that it has reached.
 * An update is judged against the instance found here at the moment of its batch, never against
 * one that was unloaded meanwhile.
 */
import type * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'

export interface LiveDocument {
  document: Y.Doc
  /** Everything in the journal up to this seq is in the document. */
  appliedSeq: number
  /** How many messages it holds, deleted ones included. */
  messageCount: number
}

export interface LiveDocuments {
  /** Throws when the document lacks something that the journal has. */
  register: (name: string, document: Y.Doc, appliedSeq: number) => void
  get: (name: string) => LiveDocument | undefined
  /** Takes no more writes for this instance; a later load brings a new one. */
  discard: (name: string) => void
}

export interface LiveDocumentsDeps {
  /** Answers the newest seq of a document on disk. */
  lastSeq: (name: string) => number
  onRegistered: (name: string, live: LiveDocument) => void
}

export function createLiveDocuments({ lastSeq, onRegistered }: LiveDocumentsDeps): LiveDocuments {
  const byName = new Map<string, LiveDocument>()
  return {
    register(name, document, appliedSeq) {
      const { pendingStructs, pendingDs } = document.store
      if (pendingStructs !== null || pendingDs !== null || lastSeq(name) > appliedSeq) {
        throw new Error(`Document ${name} in memory lacks what the journal has`)
      }
      const messageCount = [...rootMap(document, 'messages').keys()].length
      const live = { document, appliedSeq, messageCount }
      byName.set(name, live)
      document.once('destroy', () => {
        // Another instance may have been loaded in its place already.
        if (byName.get(name) === live) byName.delete(name)
      })
      onRegistered(name, live)
    },
    get: (name) => byName.get(name),
    discard: (name) => void byName.delete(name),
  }
}
