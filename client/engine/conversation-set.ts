/**
 * The conversations that are open in this browser: those on screen, those whose copies are kept,
 * and those with something to deliver. Copies open a few at a time, so that the one on screen
 * never waits behind hundreds.
 */
import type { ConversationDocument } from './document-interface.ts'

export interface ConversationSet {
  /** Opens the document for somebody who looks at it; pair with `release`. */
  acquire: (name: string) => ConversationDocument
  release: (name: string) => void
  /** Keeps exactly these open in the background. */
  keep: (names: readonly string[]) => void
  all: () => ConversationDocument[]
  isOpen: (name: string) => boolean
  /** Call when a document's sync state has changed. */
  onProgress: () => void
  close: () => Promise<void>
}

interface OpenConversation {
  document: ConversationDocument
  viewers: number
}

const OPENING_AT_ONCE = 8

export function createConversationSet(
  create: (name: string) => ConversationDocument,
  mustStayOpen: (name: string) => boolean,
): ConversationSet {
  const opened = new Map<string, OpenConversation>()
  const closing = new Map<string, Promise<void>>()
  let kept = new Set<string>()
  let isClosed = false

  function open(name: string): OpenConversation {
    const existing = opened.get(name)
    if (existing !== undefined) return existing
    const made = { document: create(name), viewers: 0 }
    opened.set(name, made)
    return made
  }

  function closeUnneeded(name: string): void {
    const conversation = opened.get(name)
    if (conversation === undefined || conversation.viewers > 0) return
    if (kept.has(name) || mustStayOpen(name)) return
    opened.delete(name)
    const closed = conversation.document.close().finally(() => closing.delete(name))
    closing.set(name, closed)
  }

  function openNext(): void {
    if (isClosed) return
    let room =
      OPENING_AT_ONCE - [...opened.values()].filter(({ document }) => isOpening(document)).length
    for (const name of kept) {
      if (room <= 0) return
      if (opened.has(name)) continue
      open(name)
      room -= 1
    }
  }

  return {
    acquire(name) {
      const conversation = open(name)
      conversation.viewers += 1
      return conversation.document
    },
    release(name) {
      const conversation = opened.get(name)
      if (conversation === undefined) return
      conversation.viewers -= 1
      closeUnneeded(name)
    },
    keep(names) {
      kept = new Set(names)
      for (const name of opened.keys()) closeUnneeded(name)
      openNext()
    },
    all: () => [...opened.values()].map(({ document }) => document),
    isOpen: (name) => opened.has(name),
    onProgress: openNext,
    async close() {
      isClosed = true
      const all = [...opened.values()]
      opened.clear()
      await Promise.all([...all.map(({ document }) => document.close()), ...closing.values()])
    },
  }
}

function isOpening(document: ConversationDocument): boolean {
  return !document.isSynced() && !document.isDenied()
}
