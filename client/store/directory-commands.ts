/**
 * Commands to the directory. Making a channel and starting a DM wait for the network, on disk
 * too, and go out by themselves; the others need the server's answer now.
 */
import {
  useMutation,
  useMutationState,
  type QueryClient,
  type UseMutationResult,
} from '@tanstack/react-query'
import { z } from 'zod'
import type { Channel } from '../../shared/api/channels.ts'
import type { Dm } from '../../shared/api/dms.ts'
import { AppError, errorCodes, type ErrorCode } from '../../shared/errors.ts'
import {
  createId,
  threadIdOf,
  type ChannelId,
  type ThreadId,
  type UserId,
} from '../../shared/ids.ts'
import { request, UnreachableError } from './api-client.ts'
import type { CreateChannelVariables, StartDmVariables } from './pending-commands.ts'
import { queryKeys } from './query-keys.ts'
import { useWorkspace } from './workspace-context.ts'

const MAX_RETRY_DELAY_MS = 30_000
/** How many channels of one name are told apart by a number. */
const MAX_SAME_NAMES = 20

/** Noes that pass: the command waits until they have. */
const passing: ReadonlySet<ErrorCode> = new Set([
  'unauthenticated',
  'session_ended',
  'rate_limited',
  'try_again',
  'storage_full',
  'shutting_down',
])
/** After about a minute a fault of the server does not look as if it would pass. */
const MAX_FAULTS = 6

/** For commands that wait for the network and for what passes. */
export const untilAnswered = {
  retry: (count: number, error: Error) =>
    error instanceof UnreachableError ||
    (error instanceof AppError &&
      (passing.has(error.code) || (error.code === 'internal' && count < MAX_FAULTS))),
  retryDelay: (attempt: number) => Math.min(1_000 * 2 ** attempt, MAX_RETRY_DELAY_MS),
}

/** Teaches the cache how to send commands that it finds on disk after a reload. */
export function setDirectoryCommands(queryClient: QueryClient): void {
  queryClient.setMutationDefaults(['create-channel'], {
    ...untilAnswered,
    mutationFn: createChannel,
    onSuccess: (channel: Channel) => {
      queryClient.setQueryData<Channel[]>(queryKeys.channels, (known) => withItem(known, channel))
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.channels }),
  })
  queryClient.setMutationDefaults(['start-dm'], {
    ...untilAnswered,
    mutationFn: ({ participantIds }: StartDmVariables) =>
      request('POST /dm', { body: { participantIds } }),
    onSuccess: (dm: Dm) => {
      queryClient.setQueryData<Dm[]>(queryKeys.dms, (known) => withItem(known, dm))
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.dms }),
  })
}

/** Sends the commands that an earlier page left behind. */
export function resumeCommands(queryClient: QueryClient): void {
  for (const mutation of queryClient.getMutationCache().getAll()) {
    // How it ends is in the cache, for whoever shows it.
    if (mutation.state.status === 'pending') void mutation.continue().catch(() => undefined)
  }
}

function withItem<Item extends { id: string }>(known: Item[] | undefined, item: Item): Item[] {
  return [...(known ?? []).filter(({ id }) => id !== item.id), item]
}

/** Of two people who chose a name while offline, the second one's channel gets a number. */
async function createChannel(variables: CreateChannelVariables): Promise<Channel> {
  const { id, name, slug, description, type } = variables
  for (let count = 1; ; count += 1) {
    const suffix = count === 1 ? '' : `-${count}`
    const body = {
      id,
      name: `${name}${suffix}`,
      slug: `${slug}${suffix}`,
      type,
      ...(description === '' ? {} : { description }),
    }
    try {
      return await request('POST /channels', { body })
    } catch (error) {
      const isTaken = error instanceof AppError && error.code === 'already_exists'
      if (!isTaken || count >= MAX_SAME_NAMES) throw error
    }
  }
}

const randomBytes = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16))

/** Makes a channel, which can be used at once; answers its id. */
export function useCreateChannel(): (
  channel: Pick<CreateChannelVariables, 'name' | 'slug' | 'description' | 'type'>,
) => ChannelId {
  const { mutate } = useMutation<Channel, Error, CreateChannelVariables>({
    mutationKey: ['create-channel'],
  })
  return (channel) => {
    const requestedAt = Date.now()
    const id = createId<ChannelId>({ now: () => requestedAt, randomBytes })
    mutate({ ...channel, id, requestedAt })
    return id
  }
}

/** Starts the DM with these people, or finds the one that there is; answers its id. */
export function useStartDm(): (participantIds: readonly UserId[]) => ThreadId {
  const { me } = useWorkspace()
  const { mutate } = useMutation<Dm, Error, StartDmVariables>({ mutationKey: ['start-dm'] })
  return (others) => {
    const participantIds = [...new Set([me.id, ...others])]
    const id = threadIdOf(participantIds)
    mutate({ id, participantIds, requestedAt: Date.now() })
    return id
  }
}

export interface FailedCommand {
  id: number
  /** What did not happen, as a sentence. */
  what: string
  error: Error
}

export interface FailedCommands {
  failed: FailedCommand[]
  retry: (id: number) => void
  dismiss: (id: number) => void
}

/** Commands that waited and were answered with no, until they are dismissed or tried again. */
export function useFailedCommands(): FailedCommands {
  const { queryClient } = useWorkspace()
  const failed = useMutationState({
    filters: { status: 'error', predicate: ({ options }) => isToldOf(options.mutationKey) },
    select: ({ mutationId, options, state }): FailedCommand => ({
      id: mutationId,
      what: sentenceOf(options.mutationKey?.[0], state.variables),
      error: reviveError(state.error),
    }),
  })
  const cache = queryClient.getMutationCache()
  const find = (id: number) => cache.find({ predicate: ({ mutationId }) => mutationId === id })
  return {
    failed,
    retry(id) {
      const mutation = find(id)
      // How it ends is in the cache again.
      void mutation?.execute(mutation.state.variables).catch(() => undefined)
    },
    dismiss(id) {
      const mutation = find(id)
      if (mutation !== undefined) cache.remove(mutation)
    },
  }
}

/** Others that failed stand beside what they were asked of, or are nobody’s loss. */
function isToldOf(mutationKey: readonly unknown[] | undefined): boolean {
  return mutationKey?.[0] === 'create-channel' || mutationKey?.[0] === 'start-dm'
}

/** On disk an error is what JSON leaves of it. */
function reviveError(stored: unknown): Error {
  if (stored instanceof Error) return stored
  const { data } = z.object({ code: z.enum(errorCodes) }).safeParse(stored)
  return new AppError(data?.code ?? 'internal')
}

function sentenceOf(command: unknown, variables: unknown): string {
  if (command !== 'create-channel') return 'The direct message was not started.'
  const { name } = variables as CreateChannelVariables // this key has no other variables
  return `The channel “${name}” was not created.`
}

/** Nobody waits for this: an event of the server may restart the same reading at any moment. */
function refresh(queryClient: QueryClient, queryKey: readonly string[]): void {
  void queryClient.invalidateQueries({ queryKey })
}

export function useJoinChannel(): UseMutationResult<void, Error, ChannelId> {
  const { me, queryClient } = useWorkspace()
  return useMutation({
    networkMode: 'always',
    mutationFn: async (channelId: ChannelId) => {
      const body = { userId: me.id }
      await request('POST /channels/{id}/members', { params: { id: channelId }, body })
      refresh(queryClient, queryKeys.channels)
    },
  })
}

export function useAddMember(channelId: ChannelId): UseMutationResult<void, Error, UserId> {
  const { queryClient } = useWorkspace()
  return useMutation({
    networkMode: 'always',
    mutationFn: async (userId: UserId) => {
      const body = { userId }
      await request('POST /channels/{id}/members', { params: { id: channelId }, body })
      refresh(queryClient, queryKeys.members(channelId))
    },
  })
}

export function useLeaveChannel(): UseMutationResult<void, Error, ChannelId> {
  const { me, queryClient } = useWorkspace()
  return useMutation({
    networkMode: 'always',
    mutationFn: async (channelId: ChannelId) => {
      const params = { id: channelId, userId: me.id }
      await request('DELETE /channels/{id}/members/{userId}', { params })
      refresh(queryClient, queryKeys.channels)
    },
  })
}

/** Fills an empty workspace with the invented sample. */
export function useCreateSample(): UseMutationResult<void, Error, void> {
  const { queryClient } = useWorkspace()
  return useMutation({
    networkMode: 'always',
    mutationFn: async () => {
      await request('POST /workspace/sample', {})
      void queryClient.invalidateQueries()
    },
  })
}
