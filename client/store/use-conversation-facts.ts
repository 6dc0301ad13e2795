/** What is known of a conversation beside its messages: its name, and what one may do in it. */
import { useMemo } from 'react'
import type { Channel } from '../../shared/api/channels.ts'
import type { Dm } from '../../shared/api/dms.ts'
import type { Me } from '../../shared/api/users.ts'
import type { Conversation } from '../../shared/document/names.ts'
import { accessTo, type Actor, type ConversationAccess } from '../../shared/guard/actor.ts'
import { useChannels, useDms, useIsBeingMade, useMe, usePeople } from './directory-queries.ts'
import { dmName } from './person-name.ts'

export interface ConversationFacts {
  name: string
  channel: Channel | undefined
  dm: Dm | undefined
  /** The directory was read, and has no such conversation for this person. */
  isUnknown: boolean
  /** It was made on this device, and the server does not know it yet. */
  isBeingMade: boolean
  /** The signed-in person as the guard sees them: the screen offers what it would allow. */
  actor: Extract<Actor, { kind: 'person' }>
}

/** Before the directory is known nothing is held back: the guard has the last word. */
const unknown: ConversationAccess = {
  canRead: true,
  writeDenial: undefined,
  canPost: true,
  canPin: true,
  canModerate: false,
}

/** What this person may do in a channel. */
export function channelAccess(channel: Channel, me: Me): ConversationAccess {
  return accessTo({
    kind: 'channel',
    isPublic: channel.type === 'PUBLIC',
    isArchived: channel.archivedAt !== null,
    posting: channel.posting,
    workspaceRole: me.role,
    channelRole: channel.myRole ?? undefined,
  })
}

export function useConversationFacts({ kind, id }: Conversation): ConversationFacts {
  const me = useMe()
  const { items: channels, ...channelReading } = useChannels()
  const { items: dms, ...dmReading } = useDms()
  const { isLoading, error } = kind === 'channel' ? channelReading : dmReading
  const isRead = !isLoading && error === null
  const isBeingMade = useIsBeingMade(id)
  const { byId } = usePeople()
  return useMemo(() => {
    const channel = kind === 'channel' ? channels.find((each) => each.id === id) : undefined
    const dm = kind === 'dm' ? dms.find((each) => each.id === id) : undefined
    const name = channel?.name ?? (dm && dmName(dm, me.id, byId)) ?? 'Conversation'
    const access = channel ? channelAccess(channel, me) : unknown
    const isUnknown = isRead && channel === undefined && dm === undefined
    const actor = { kind: 'person' as const, userId: me.id, access }
    return { name, channel, dm, isUnknown, isBeingMade, actor }
  }, [kind, id, channels, dms, byId, me, isRead, isBeingMade])
}
