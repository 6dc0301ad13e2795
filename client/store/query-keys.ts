/** Names of what the cache of the directory holds, and what of it an event of the server makes old. */
import type { QueryClient } from '@tanstack/react-query'
import type { ChannelId, ConversationId } from '../../shared/ids.ts'
import type { DirectoryNews } from '../engine/engine-interface.ts'

export const queryKeys = {
  me: ['me'],
  people: ['people'],
  channels: ['channels'],
  dms: ['dms'],
  members: (channelId: ChannelId) => ['members', channelId],
  arrivals: (conversationId: ConversationId) => ['arrivals', conversationId],
} as const

/** Reads again what the news says has changed; everything after a reconnect. */
export function invalidateFor(
  queryClient: QueryClient,
  news: DirectoryNews | undefined,
  noteReading: (conversationId: ConversationId) => void,
): void {
  const invalidate = (queryKey: readonly string[]): void =>
    void queryClient.invalidateQueries({ queryKey })
  switch (news?.topic) {
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
      invalidate(queryKeys.members(news.channelId))
      break
    case 'dms':
    case 'dm':
      invalidate(queryKeys.dms)
      break
    case 'reads':
    case 'arrivals':
      noteReading(news.conversationId)
      break
    case 'notifications':
      break
    case 'me':
      invalidate(queryKeys.me)
      invalidate(queryKeys.channels)
      break
  }
}
