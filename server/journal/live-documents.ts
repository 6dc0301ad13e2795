/**
 * The documents that are in memory now, by name, each with the journal's seq that it has reached.
 * An update is judged against the instance found here at the moment of its batch, never against
 * one that was unloaded meanwhile.
 */
import type * as Y from 'yjs'

export interface LiveDocument {
  document: Y.Doc
  /** Everything in the journal up to this seq is in the document. */
  appliedSeq: number
}

export interface LiveDocuments {
  register: (name: string, document: Y.Doc, appliedSeq: number) => void
  get: (name: string) => LiveDocument | undefined
}

export function createLiveDocuments(): LiveDocuments {
  const byName = new Map<string, LiveDocument>()
  return {
    register(name, document, appliedSeq) {
      const live = { document, appliedSeq }
      byName.set(name, live)
      document.once('destroy', () => {
        // Another instance may have been loaded in its place already.
        if (byName.get(name) === live) byName.delete(name)
      })
    },
    get: (name) => byName.get(name),
  }
}
