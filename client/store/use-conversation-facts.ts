/** What is known of a conversation beside its messages: its name, and what one may do in it. */
import { useMemo } from 'react'
import type { Channel } from '../../shared/api/channels.ts'
import type { Dm } from '../../shared/api/dms.ts'
import type { Conversation } from '../../shared/document/names.ts'
import { accessTo, type Actor, type ConversationAccess } from '../../shared/guard/actor.ts'
import { useChannels, useDms, useMe, usePeople } from './directory-queries.ts'
import { dmName } from './person-name.ts'

export interface ConversationFacts {
  name: string
  channel: Channel | undefined
  dm: Dm | undefined
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

export function useConversationFacts({ kind, id }: Conversation): ConversationFacts {
  const me = useMe()
  const channels = useChannels().items
  const dms = useDms().items
  const { byId } = usePeople()
  return useMemo(() => {
    const channel = kind === 'channel' ? channels.find((each) => each.id === id) : undefined
    const dm = kind === 'dm' ? dms.find((each) => each.id === id) : undefined
    const name = channel?.name ?? (dm && dmName(dm, me.id, byId)) ?? 'Conversation'
    const access = channel
      ? accessTo({
          kind: 'channel',
          isPublic: channel.type === 'PUBLIC',
          isArchived: channel.archivedAt !== null,
          workspaceRole: me.role,
          channelRole: channel.myRole ?? undefined,
        })
      : unknown
    return { name, channel, dm, actor: { kind: 'person', userId: me.id, access } }
  }, [kind, id, channels, dms, byId, me])
}
