/** The directory as hooks: people, channels and DMs, from the cache at once, then from REST. */
import { useMutationState, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Channel, Member } from '../../shared/api/channels.ts'
import type { Dm } from '../../shared/api/dms.ts'
import type { Me, User } from '../../shared/api/users.ts'
import type { ChannelId, ConversationId, UserId } from '../../shared/ids.ts'
import { request } from './api-client.ts'
import {
  pendingChannel,
  pendingDm,
  type CreateChannelVariables,
  type StartDmVariables,
} from './pending-commands.ts'
import { queryKeys } from './query-keys.ts'
import { useWorkspace } from './workspace-context.ts'

const PAGE_SIZE = 100

/** Reads a list that REST gives in pages, to its end. */
async function readAll<Page extends { nextCursor: string | null }, Item>(
  readPage: (query: { limit: number; cursor?: string }) => Promise<Page>,
  itemsOf: (page: Page) => readonly Item[],
): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | null = null
  do {
    const page: Page = await readPage({ limit: PAGE_SIZE, ...(cursor === null ? {} : { cursor }) })
    items.push(...itemsOf(page))
    cursor = page.nextCursor
  } while (cursor !== null)
  return items
}

/** The signed-in person as the server has them now; the copy on this device until then. */
export function useMe(): Me {
  const { me } = useWorkspace()
  return (
    useQuery({ queryKey: queryKeys.me, queryFn: () => request('GET /users/me', {}) }).data ?? me
  )
}

export interface People {
  all: readonly User[]
  byId: ReadonlyMap<UserId, User>
}

export function usePeople(): People {
  const { data } = useQuery({
    queryKey: queryKeys.people,
    queryFn: () =>
      readAll(
        (query) => request('GET /users', { query }),
        ({ users }) => users,
      ),
  })
  return useMemo(() => {
    const all = data ?? []
    return { all, byId: new Map(all.map((user) => [user.id, user])) }
  }, [data])
}

export interface Listed<Item> {
  items: readonly Item[]
  /** Nothing is known yet, neither from the cache nor from the server. */
  isLoading: boolean
  /** Why nothing is known; null as long as there is something to show, be it old. */
  error: Error | null
  /** Reads it from the server again. */
  retry: () => void
}

/** All channels that this person may see, those still waiting to be made included. */
export function useChannels(): Listed<Channel> {
  const { me } = useWorkspace()
  const query = useQuery({
    queryKey: queryKeys.channels,
    queryFn: () =>
      readAll(
        (query) => request('GET /channels', { query }),
        ({ channels }) => channels,
      ),
  })
  const pending = usePendingVariables<CreateChannelVariables>('create-channel')
  return useListed(query, pending, (variables) => pendingChannel(variables, me.id))
}

export function useDms(): Listed<Dm> {
  const { me } = useWorkspace()
  const query = useQuery({
    queryKey: queryKeys.dms,
    queryFn: () =>
      readAll(
        (query) => request('GET /dm', { query }),
        ({ dms }) => dms,
      ),
  })
  const pending = usePendingVariables<StartDmVariables>('start-dm')
  return useListed(query, pending, (variables) => pendingDm(variables, me.id))
}

export function useMembers(channelId: ChannelId): Listed<Member> {
  const query = useQuery({
    queryKey: queryKeys.members(channelId),
    queryFn: () =>
      readAll(
        (query) => request('GET /channels/{id}/members', { params: { id: channelId }, query }),
        ({ members }) => members,
      ),
  })
  return toListed(query, [])
}

/** Whether this channel or DM still waits for the server to make it. */
export function useIsBeingMade(id: ConversationId): boolean {
  const channels = usePendingVariables<CreateChannelVariables>('create-channel')
  const dms = usePendingVariables<StartDmVariables>('start-dm')
  return [...channels, ...dms].some((pending) => pending.id === id)
}

function usePendingVariables<Variables>(command: string): Variables[] {
  return useMutationState({
    filters: { mutationKey: [command], status: 'pending' },
    select: ({ state }) => state.variables as Variables, // this key has no other variables
  })
}

function toListed<Item>(query: UseQueryResult<Item[]>, added: Item[]): Listed<Item> {
  const known = query.data ?? []
  return {
    items: added.length === 0 ? known : [...known, ...added],
    isLoading: query.isPending && added.length === 0,
    error: query.data === undefined ? query.error : null,
    retry: () => void query.refetch(),
  }
}

function useListed<Item extends { id: string }, Variables>(
  query: UseQueryResult<Item[]>,
  pending: Variables[],
  toItem: (variables: Variables) => Item,
): Listed<Item> {
  const ids = new Set((query.data ?? []).map(({ id }) => id))
  const added = pending.map(toItem).filter(({ id }) => !ids.has(id))
  return toListed(query, added)
}
