/**
 * The command that tells the server how far one has read. It waits for the network, on disk too, and
 * the one that waits last for a conversation takes the place of those before. Its no is shown to nobody.
 */
import { useMutationState, type QueryClient } from '@tanstack/react-query'
import type { Reading } from '../../shared/api/reading.ts'
import type { ConversationId } from '../../shared/ids.ts'
import { request } from './api-client.ts'
import { conversationPrefix } from './conversation-path.ts'
import { untilAnswered } from './directory-commands.ts'
import { patchReading } from './reading-cache.ts'
import type { ReadMark } from './read-marks.ts'

const mutationKey = ['mark-read']
/** Nobody looks at one that is answered. */
const GC_MS = 10_000
/** What is shown until the server has counted. */
const nothingUnread = { unreadCount: 0, mentionCount: 0 }

/** Teaches the cache how to send marks, those that it finds on disk included. */
export function setMarkReadCommand(
  queryClient: QueryClient,
  onTold: (conversationId: ConversationId) => void,
): void {
  queryClient.setMutationDefaults(mutationKey, {
    ...untilAnswered,
    gcTime: GC_MS,
    mutationFn: ({ conversation, messageId }: ReadMark) =>
      request(`POST /${conversationPrefix[conversation.kind]}/{id}/read`, {
        params: { id: conversation.id },
        body: { messageId },
      }),
    onSuccess: (reading: Reading, { conversation }: ReadMark) => {
      patchReading(queryClient, conversation.id, reading)
      onTold(conversation.id)
    },
  })
}

/** Shows the conversation as read, and tells the server as soon as it can be reached. */
export function sendReadMark(queryClient: QueryClient, mark: ReadMark): void {
  const cache = queryClient.getMutationCache()
  const { id } = mark.conversation
  patchReading(queryClient, id, nothingUnread)
  for (const waiting of cache.findAll({ mutationKey, status: 'pending' })) {
    if (waiting.state.isPaused && markOf(waiting.state.variables).conversation.id === id)
      cache.remove(waiting)
  }
  // The server goes on with what it knew when it says no.
  cache
    .build<Reading, Error, ReadMark, unknown>(queryClient, { mutationKey })
    .execute(mark)
    .catch(() => undefined)
}

/** Conversations of which the server has not heard yet that they are read. */
export function useBeingMarkedRead(): ReadonlySet<ConversationId> {
  const marks = useMutationState({
    filters: { mutationKey, status: 'pending' },
    select: ({ state }) => markOf(state.variables),
  })
  return new Set(marks.map(({ conversation }) => conversation.id))
}

function markOf(variables: unknown): ReadMark {
  return variables as ReadMark // this key has no other variables
}
