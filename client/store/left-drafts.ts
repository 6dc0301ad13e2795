/** Where this person has begun to write and cannot send it any more: nothing typed is out of reach. */
import { useCallback, useMemo, useSyncExternalStore } from 'react'
import type { Conversation } from '../../shared/document/names.ts'
import { channelIdSchema, messageIdSchema, threadIdSchema } from '../../shared/ids.ts'
import { postDenial } from '../../shared/guard/actor.ts'
import type { ConversationPlace } from './conversation-path.ts'
import { useChannels, useDms, useMe } from './directory-queries.ts'
import { draftKey } from './draft.ts'
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
    const takesDrafts = ({ kind, id }: Conversation): boolean => {
      if (kind === 'dm') return dms.items.some((each) => each.id === id)
      const channel = channels.items.find((each) => each.id === id)
      return channel !== undefined && postDenial(channelAccess(channel, me)) === undefined
    }
    if (keys === '' || isUnread) return []
    return keys
      .split(' ')
      .flatMap((key) => parsePlace(key.slice(prefix.length)))
      .filter(({ conversation }) => !takesDrafts(conversation))
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

/** Reads `<conversation>` or `<conversation>-<message>`; edits have places of their own. */
function parsePlace(place: string): ConversationPlace[] {
  const id = place.slice(0, ID_LENGTH)
  const threadId = messageIdSchema.safeParse(place.slice(ID_LENGTH + 1)).data
  const channelId = channelIdSchema.safeParse(id).data
  if (channelId !== undefined)
    return [{ conversation: { kind: 'channel', id: channelId }, threadId }]
  const dmId = threadIdSchema.safeParse(id).data
  return dmId === undefined ? [] : [{ conversation: { kind: 'dm', id: dmId }, threadId }]
}
