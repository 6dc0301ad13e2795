/**
 * Which of the newest messages reached the server much later than they were written: who reads
 * them between older ones should know. Documents do not hold when something arrived; REST does.
 */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { listMessagesResponseSchema } from '../../shared/api/messages.ts'
import type { Conversation } from '../../shared/document/names.ts'
import type { ConversationSnapshot } from '../engine/engine-interface.ts'
import { requestJson } from './api-client.ts'
import { queryKeys } from './query-keys.ts'

const PAGE_SIZE = 100
/** Less than this is a slow network, and nobody's business. */
const LATE_MS = 10 * 60 * 1_000

/** When they arrived, ms UTC, by message id. */
export function useLateArrivals(
  { kind, id }: Conversation,
  { phase, messages }: ConversationSnapshot,
): ReadonlyMap<string, number> {
  const path = `/${kind === 'channel' ? 'channels' : 'dm'}/${id}/messages?limit=${PAGE_SIZE}`
  const { data, refetch } = useQuery({
    queryKey: queryKeys.arrivals(id),
    // What arrived while one was elsewhere announced itself to nobody here: asked each time, and not
    // before the messages themselves are there.
    staleTime: 0,
    enabled: phase === 'ready',
    queryFn: async () => {
      const page = await requestJson(path, listMessagesResponseSchema)
      return page.messages
        .filter(({ createdAt, receivedAt }) => receivedAt - createdAt > LATE_MS)
        .map((message) => ({ id: message.id, receivedAt: message.receivedAt }))
    },
  })

  // One more message, but not at the end: somebody's offline work has just come in.
  const newestId = messages.at(-1)?.id
  const before = useRef({ count: messages.length, newestId })
  useEffect(() => {
    const { count, newestId: wasNewest } = before.current
    before.current = { count: messages.length, newestId }
    if (count > 0 && messages.length > count && newestId === wasNewest) void refetch()
  }, [messages.length, newestId, refetch])

  return useMemo(
    () => new Map((data ?? []).map((arrival) => [arrival.id, arrival.receivedAt])),
    [data],
  )
}
