/** Names of what the cache of the directory holds, and what of it an event of the server makes old. */
import type { QueryClient } from '@tanstack/react-query'
import type { ChannelId, ConversationId } from '../../shared/ids.ts'
import type { DirectoryEvent } from '../../shared/sync/stateless-messages.ts'

export const queryKeys = {
  me: ['me'],
  people: ['people'],
  channels: ['channels'],
  dms: ['dms'],
  members: (channelId: ChannelId) => ['members', channelId],
  arrivals: (conversationId: ConversationId) => ['arrivals', conversationId],
} as const

/** Reads again what an event of the server says has changed; everything after a reconnect. */
export function invalidateFor(queryClient: QueryClient, event: DirectoryEvent | undefined): void {
  const invalidate = (queryKey: readonly string[]): void =>
    void queryClient.invalidateQueries({ queryKey })
  switch (event?.topic) {
    case undefined:
      void queryClient.invalidateQueries()
      break
    case 'people':
      invalidate(queryKeys.people)
      break
    case 'channels':
      invalidate(queryKeys.channels)
      break
    case 'channel':
      invalidate(queryKeys.channels)
      invalidate(queryKeys.members(event.channelId))
      break
    case 'dms':
    case 'dm':
      invalidate(queryKeys.dms)
      break
    case 'reads':
      invalidate(queryKeys.channels)
      invalidate(queryKeys.dms)
      break
    case 'notifications':
      break
    case 'me':
      invalidate(queryKeys.me)
      invalidate(queryKeys.channels)
      break
  }
}
