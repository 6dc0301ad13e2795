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
import { channelSchema, type Channel } from '../../shared/api/channels.ts'
import { dmSchema, type Dm } from '../../shared/api/dms.ts'
import { createSampleResponseSchema } from '../../shared/api/workspace.ts'
import { AppError } from '../../shared/errors.ts'
import {
  createId,
  threadIdOf,
  type ChannelId,
  type ThreadId,
  type UserId,
} from '../../shared/ids.ts'
import { requestDone, requestJson, UnreachableError } from './api-client.ts'
import type { CreateChannelVariables, StartDmVariables } from './pending-commands.ts'
import { queryKeys } from './query-keys.ts'
import { useWorkspace } from './workspace-context.ts'

const MAX_RETRY_DELAY_MS = 30_000
/** How many channels of one name are told apart by a number. */
const MAX_SAME_NAMES = 20

const whileUnreachable = {
  retry: (_count: number, error: Error) => error instanceof UnreachableError,
  retryDelay: (attempt: number) => Math.min(1_000 * 2 ** attempt, MAX_RETRY_DELAY_MS),
}

/** Teaches the cache how to send commands that it finds on disk after a reload. */
export function setDirectoryCommands(queryClient: QueryClient): void {
  queryClient.setMutationDefaults(['create-channel'], {
    ...whileUnreachable,
    mutationFn: createChannel,
    onSuccess: (channel: Channel) => {
      queryClient.setQueryData<Channel[]>(queryKeys.channels, (known) => withItem(known, channel))
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.channels }),
  })
  queryClient.setMutationDefaults(['start-dm'], {
    ...whileUnreachable,
    mutationFn: ({ participantIds }: StartDmVariables) =>
      requestJson('/dm', dmSchema, { method: 'POST', body: { participantIds } }),
    onSuccess: (dm: Dm) => {
      queryClient.setQueryData<Dm[]>(queryKeys.dms, (known) => withItem(known, dm))
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.dms }),
  })
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
      return await requestJson('/channels', channelSchema, { method: 'POST', body })
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

/** Commands that waited and were answered with no, until they are dismissed. */
export function useFailedCommands(): { failed: FailedCommand[]; dismiss: (id: number) => void } {
  const { queryClient } = useWorkspace()
  const failed = useMutationState({
    filters: { status: 'error', predicate: ({ options }) => options.mutationKey !== undefined },
    select: ({ mutationId, options, state }): FailedCommand => ({
      id: mutationId,
      what: sentenceOf(options.mutationKey?.[0], state.variables),
      error: state.error as Error, // only errors are thrown here
    }),
  })
  const dismiss = (id: number): void => {
    const cache = queryClient.getMutationCache()
    const mutation = cache.find({ predicate: ({ mutationId }) => mutationId === id })
    if (mutation !== undefined) cache.remove(mutation)
  }
  return { failed, dismiss }
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
      await requestDone(`/channels/${channelId}/members`, { method: 'POST', body })
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
      await requestDone(`/channels/${channelId}/members`, { method: 'POST', body })
      refresh(queryClient, queryKeys.members(channelId))
    },
  })
}

export function useLeaveChannel(): UseMutationResult<void, Error, ChannelId> {
  const { me, queryClient } = useWorkspace()
  return useMutation({
    networkMode: 'always',
    mutationFn: async (channelId: ChannelId) => {
      await requestDone(`/channels/${channelId}/members/${me.id}`, { method: 'DELETE' })
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
      await requestJson('/workspace/sample', createSampleResponseSchema, {
        method: 'POST',
        body: {},
      })
      void queryClient.invalidateQueries()
    },
  })
}
