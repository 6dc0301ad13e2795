/** Tells when words that stood in a document leave it: a message was deleted, by whoever. */
import type * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'

/** Calls back with the transaction's origin, until the answered function is called. */
export function watchRemovals(document: Y.Doc, onRemoval: (origin: unknown) => void): () => void {
  const messages = rootMap(document, 'messages')
  const look = (event: Y.YMapEvent<unknown>, { origin }: Y.Transaction): void => {
    const deleted = [...event.keysChanged].filter((key) => isDeleted(messages.get(key)))
    if (deleted.length === 0) return
    const { keys } = event.changes
    const isRemoval = deleted.some((key) => {
      const change = keys.get(key)
      return change?.action === 'update' && !isDeleted(change.oldValue)
    })
    if (isRemoval) onRemoval(origin)
  }
  messages.observe(look)
  return () => messages.unobserve(look)
}

function isDeleted(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'deletedAt' in value
}
