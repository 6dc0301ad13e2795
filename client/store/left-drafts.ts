/** Where this person has begun to write and cannot send it any more: nothing typed is out of reach. */
import { useCallback, useMemo, useSyncExternalStore } from 'react'
import type { Conversation } from '../../shared/document/names.ts'
import { channelIdSchema, messageIdSchema, threadIdSchema } from '../../shared/ids.ts'
import { postDenial } from '../../shared/guard/actor.ts'
import { formatPath, type ConversationPlace } from './conversation-path.ts'
import { useChannels, useDms, useMe } from './directory-queries.ts'
import { draftKey, EDIT } from './draft.ts'
import { channelAccess } from './use-conversation-facts.ts'

const GIVEN_UP = 'connectnow-draft-given-up'
const ID_LENGTH = 36

/** Tells the list of left drafts that one of them is gone. */
export function announceGivenUp(): void {
  globalThis.dispatchEvent(new Event(GIVEN_UP))
}

/** Conversations and threads with a draft that they take from this person no more. */
export function useLeftDrafts(): readonly ConversationPlace[] {
  const me = useMe()
  const channels = useChannels()
  const dms = useDms()
  const prefix = draftKey(me.id, '')
  const keys = useSyncExternalStore(
    subscribe,
    useCallback(() => readKeys(prefix).join(' '), [prefix]),
  )
  const isUnread = [channels, dms].some(({ isLoading, error }) => isLoading || error !== null)
  return useMemo(() => {
    const takes = ({ kind, id }: Conversation, isEdit: boolean): boolean => {
      if (kind === 'dm') return dms.items.some((each) => each.id === id)
      const channel = channels.items.find((each) => each.id === id)
      if (channel === undefined) return false
      const access = channelAccess(channel, me)
      return (isEdit ? access.writeDenial : postDenial(access)) === undefined
    }
    if (keys === '' || isUnread) return []
    const left = keys.split(' ').flatMap((key) => {
      const place = key.slice(prefix.length)
      const isEdit = place.startsWith(EDIT)
      return (isEdit ? parseEditPlace(place) : parsePlace(place)).filter(
        ({ conversation }) => !takes(conversation, isEdit),
      )
    })
    // A conversation may have a draft, and any number of edits.
    return [
      ...new Map(left.map((each) => [formatPath(each.conversation, each.threadId), each])),
    ].map(([, each]) => each)
  }, [keys, prefix, isUnread, channels.items, dms.items, me])
}

function subscribe(onChange: () => void): () => void {
  // `storage` tells of other tabs alone.
  for (const event of ['storage', GIVEN_UP]) globalThis.addEventListener(event, onChange)
  return () => {
    for (const event of ['storage', GIVEN_UP]) globalThis.removeEventListener(event, onChange)
  }
}

function readKeys(prefix: string): string[] {
  try {
    const keys = Object.keys(globalThis.localStorage)
    return keys.filter((key) => key.startsWith(prefix)).toSorted()
  } catch {
    return [] // storage is closed to this page: there is no draft to find
  }
}

/** An edit is shown in the conversation of its message, wherever that stands. */
function parseEditPlace(place: string): ConversationPlace[] {
  return parsePlace(place.slice(EDIT.length)).map((each) => ({ ...each, threadId: undefined }))
}

/** Reads `<conversation>` or `<conversation>-<message>`. */
function parsePlace(place: string): ConversationPlace[] {
  const id = place.slice(0, ID_LENGTH)
  const threadId = messageIdSchema.safeParse(place.slice(ID_LENGTH + 1)).data
  const channelId = channelIdSchema.safeParse(id).data
  if (channelId !== undefined)
    return [{ conversation: { kind: 'channel', id: channelId }, threadId }]
  const dmId = threadIdSchema.safeParse(id).data
  return dmId === undefined ? [] : [{ conversation: { kind: 'dm', id: dmId }, threadId }]
}
