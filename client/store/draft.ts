/**
 * What is being typed and not sent yet, per conversation and thread: kept on every keystroke, so
 * that a reload or a crash loses no word.
 */
import { useState } from 'react'
import { z } from 'zod'
import { useWorkspace } from './workspace-context.ts'

const draftSchema = z.object({
  text: z.string(),
  /** Whom the names after @ mean: name to user id. */
  mentions: z.record(z.string(), z.string()),
})

export type Draft = z.infer<typeof draftSchema>

const empty: Draft = { text: '', mentions: {} }

/** Keys begin like the databases of this person, for whoever erases both. */
export function draftKey(userId: string, place: string): string {
  return `connectnow-${userId}-draft-${place}`
}

export function useDraft(place: string): [Draft, (draft: Draft) => void] {
  const { me } = useWorkspace()
  const key = draftKey(me.id, place)
  const [draft, setDraft] = useState(() => loadDraft(key))
  const store = (next: Draft): void => {
    setDraft(next)
    storeDraft(key, next)
  }
  return [draft, store]
}

/** Deletes all drafts of this person from this device. */
export function eraseDrafts(userId: string): void {
  const prefix = draftKey(userId, '')
  try {
    const keys = Object.keys(globalThis.localStorage).filter((key) => key.startsWith(prefix))
    for (const key of keys) globalThis.localStorage.removeItem(key)
  } catch (error) {
    // Storage is closed to this page: no draft is in it, and nobody is kept from signing out.
    globalThis.reportError(error)
  }
}

function loadDraft(key: string): Draft {
  try {
    const stored = globalThis.localStorage.getItem(key)
    return stored === null ? empty : (draftSchema.safeParse(JSON.parse(stored)).data ?? empty)
  } catch {
    return empty // storage is closed to this page: there is no draft to find
  }
}

function storeDraft(key: string, draft: Draft): void {
  try {
    if (draft.text === '') globalThis.localStorage.removeItem(key)
    else globalThis.localStorage.setItem(key, JSON.stringify(draft))
  } catch (error) {
    // The text stays on the screen; the connection bar says that nothing is kept on disk.
    globalThis.reportError(error)
  }
}
