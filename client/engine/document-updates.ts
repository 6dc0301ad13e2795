/**
 * The updates of a document, for its copy on disk and for the server. Yjs encodes each transaction
 * anew for whoever listens to its `update` event. What the server sends is encoded already, and in a
 * busy conversation it is nearly everything: its own bytes are told, and nothing is encoded for it.
 */
import * as Y from 'yjs'

export type UpdateListener = (update: Uint8Array, origin: unknown) => void

interface Updates {
  listeners: Set<UpdateListener>
  /** The transaction of a received update, whose bytes are told as they came. */
  receive: (act: () => void) => void
  tell: UpdateListener
  stop: () => void
}

const updatesOf = new WeakMap<Y.Doc, Updates>()

/** Calls back with each update of a document, until the answered function is called. */
export function onDocumentUpdate(document: Y.Doc, listener: UpdateListener): () => void {
  const updates = updatesOf.get(document) ?? watchUpdates(document)
  updatesOf.set(document, updates)
  updates.listeners.add(listener)
  return () => {
    updates.listeners.delete(listener)
    if (updates.listeners.size > 0) return
    updates.stop()
    if (updatesOf.get(document) === updates) updatesOf.delete(document)
  }
}

/** Applies what the server sent, under this origin. Throws when it cannot be read. */
export function applyReceived(document: Y.Doc, update: Uint8Array, origin: unknown): void {
  const updates = updatesOf.get(document)
  const { pendingStructs, pendingDs } = document.store
  // With an update that waits for this one, more is applied than these bytes say.
  if (updates === undefined || pendingStructs !== null || pendingDs !== null) {
    Y.applyUpdate(document, update, origin)
    return
  }
  let hasChanged = false
  const note = ({ changed }: Y.Transaction): void => {
    hasChanged ||= changed.size > 0
  }
  document.on('afterTransaction', note)
  try {
    updates.receive(() => Y.applyUpdate(document, update, origin))
  } finally {
    document.off('afterTransaction', note)
    if (hasChanged) updates.tell(update, origin)
  }
}

function watchUpdates(document: Y.Doc): Updates {
  const listeners = new Set<UpdateListener>()
  let isReceiving = false
  let isListening = false

  const tell: UpdateListener = (update, origin) => {
    for (const listener of listeners) listener(update, origin)
  }
  function tellEncoded(
    update: Uint8Array,
    origin: unknown,
    _document: Y.Doc,
    { local }: Y.Transaction,
  ): void {
    if (local || !isReceiving) tell(update, origin)
  }
  function begin({ local }: Y.Transaction): void {
    if (isListening || (isReceiving && !local)) return
    isListening = true
    document.on('update', tellEncoded)
  }
  function end(): void {
    if (!isListening) return
    isListening = false
    document.off('update', tellEncoded)
  }

  document.on('beforeTransaction', begin)
  document.on('afterAllTransactions', end)
  return {
    listeners,
    receive(act) {
      isReceiving = true
      try {
        act()
      } finally {
        isReceiving = false
      }
    },
    tell,
    stop() {
      end()
      document.off('beforeTransaction', begin)
      document.off('afterAllTransactions', end)
    },
  }
}
