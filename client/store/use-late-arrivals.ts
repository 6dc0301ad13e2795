/**
 * Which of the newest messages reached the server much later than they were written: who reads
 * them between older ones should know. Documents do not hold when something arrived; REST does.
 */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import type { Conversation } from '../../shared/document/names.ts'
import type { ConversationSnapshot } from '../engine/engine-interface.ts'
import { request } from './api-client.ts'
import { conversationPrefix } from './conversation-path.ts'
import { queryKeys } from './query-keys.ts'

const PAGE_SIZE = 100
/** Less than this is a slow network, and nobody's business. */
const LATE_MS = 10 * 60 * 1_000

export interface Arrivals {
  /** When the newest messages arrived, ms UTC, by id. */
  arrivals: ReadonlyMap<string, number>
  /** Of these, those that came much later than they were written. */
  lateArrivals: ReadonlyMap<string, number>
}

/** What the server says of when messages of a conversation arrived; nothing until it was asked. */
export function useLateArrivals(
  { kind, id }: Conversation,
  { phase, messages }: ConversationSnapshot,
): Arrivals {
  const { data, refetch } = useQuery({
    queryKey: queryKeys.arrivals(id),
    // What arrived while one was elsewhere announced itself to nobody here: asked each time, and not
    // before the messages themselves are there.
    staleTime: 0,
    enabled: phase === 'ready',
    queryFn: async () => {
      const page = await request(`GET /${conversationPrefix[kind]}/{id}/messages`, {
        params: { id },
        query: { limit: PAGE_SIZE },
      })
      return page.messages.map((message) => ({
        id: message.id,
        createdAt: message.createdAt,
        receivedAt: message.receivedAt,
      }))
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

  return useMemo(() => {
    const known = data ?? []
    const late = known.filter(({ createdAt, receivedAt }) => receivedAt - createdAt > LATE_MS)
    return { arrivals: byId(known), lateArrivals: byId(late) }
  }, [data])
}

function byId(known: readonly { id: string; receivedAt: number }[]): Map<string, number> {
  return new Map(known.map(({ id, receivedAt }) => [id, receivedAt]))
}
