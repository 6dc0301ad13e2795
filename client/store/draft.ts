/**
 * What is being typed and not sent yet, per conversation and thread: kept on every keystroke, so
 * that a reload or a crash loses no word.
 */
import { useState } from 'react'
import { z } from 'zod'
import { messageIdSchema, type ConversationId, type MessageId } from '../../shared/ids.ts'
import { useWorkspace } from './workspace-context.ts'

const draftSchema = z.object({
  text: z.string(),
  /** Whom the names after @ mean: name to user id. */
  mentions: z.record(z.string(), z.string()),
})

export type Draft = z.infer<typeof draftSchema>

/** Places of drafts begin with it that change a message: conversation and message follow. */
export const EDIT = 'edit-'

const empty: Draft = { text: '', mentions: {} }

/** Keys begin like the databases of this person, for whoever erases both. */
export function draftKey(userId: string, place: string): string {
  return `connectnow-${userId}-draft-${place}`
}

/** A draft that is empty is none. */
export function useDraft(place: string): [Draft, (draft: Draft) => void] {
  const [draft, setDraft] = useStoredDraft(place)
  return [draft ?? empty, (next) => setDraft(next.text === '' ? undefined : next)]
}

/** A change to a message that is there, undefined until there is one; it may have no words left. */
export function useEditDraft(
  conversationId: ConversationId,
  messageId: MessageId,
): [Draft | undefined, (draft: Draft | undefined) => void] {
  return useStoredDraft(`${EDIT}${conversationId}-${messageId}`)
}

/** Messages of a conversation that this person had begun to edit. */
export function listEditDrafts(
  userId: string,
  conversationId: ConversationId,
): ReadonlySet<MessageId> {
  const prefix = draftKey(userId, `${EDIT}${conversationId}-`)
  const ids = storedKeys(prefix).map((key) => messageIdSchema.safeParse(key.slice(prefix.length)))
  return new Set(ids.flatMap(({ data }) => data ?? []))
}

function useStoredDraft(place: string): [Draft | undefined, (draft: Draft | undefined) => void] {
  const { me } = useWorkspace()
  const key = draftKey(me.id, place)
  const [draft, setDraft] = useState(() => loadDraft(key))
  const store = (next: Draft | undefined): void => {
    setDraft(next)
    storeDraft(key, next)
  }
  return [draft, store]
}

/** Deletes all drafts of this person from this device. */
export function eraseDrafts(userId: string): void {
  // Where storage is closed to this page no key is found, and nobody is kept from signing out.
  for (const key of storedKeys(draftKey(userId, ''))) globalThis.localStorage.removeItem(key)
}

function storedKeys(prefix: string): string[] {
  try {
    return Object.keys(globalThis.localStorage).filter((key) => key.startsWith(prefix))
  } catch {
    return [] // storage is closed to this page: there is no draft to find
  }
}

function loadDraft(key: string): Draft | undefined {
  try {
    const stored = globalThis.localStorage.getItem(key)
    return stored === null ? undefined : draftSchema.safeParse(JSON.parse(stored)).data
  } catch {
    return undefined // storage is closed to this page: there is no draft to find
  }
}

function storeDraft(key: string, draft: Draft | undefined): void {
  try {
    if (draft === undefined) globalThis.localStorage.removeItem(key)
    else globalThis.localStorage.setItem(key, JSON.stringify(draft))
  } catch (error) {
    // The text stays on the screen; the connection bar says that nothing is kept on disk.
    globalThis.reportError(error)
  }
}
