import { onlineManager, QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Reading } from '../../shared/api/reading.ts'
import type { MessageId, ThreadId, UserId } from '../../shared/ids.ts'
import { createIdSequence } from '../../shared/testing/updates.ts'
import { sendReadMark, setMarkReadCommand } from './mark-read-command.ts'
import { pendingDm } from './pending-commands.ts'
import { isKeptCommand } from './query-client.ts'
import { queryKeys } from './query-keys.ts'

const nextId = createIdSequence()
const id = nextId<ThreadId>()
const conversation = { kind: 'dm', id } as const
const [first, second] = [nextId<MessageId>(), nextId<MessageId>()]

let queryClient: QueryClient
let requests: { path: string; body: unknown }[]
/** What the server answers. */
let answer: () => Response
let told: string[]

beforeEach(() => {
  requests = []
  told = []
  answer = () => reading({ lastReadMessageId: second, unreadCount: 0, mentionCount: 1 })
  vi.stubGlobal('fetch', (path: string, { body }: { body: string }) => {
    requests.push({ path, body: JSON.parse(body) })
    return Promise.resolve(answer())
  })
  onlineManager.setOnline(true)
  queryClient = new QueryClient()
  queryClient.mount()
  setMarkReadCommand(queryClient, (conversationId) => told.push(conversationId))
  const dm = pendingDm({ id, participantIds: [], requestedAt: 1 }, nextId<UserId>())
  queryClient.setQueryData(queryKeys.dms, [{ ...dm, unreadCount: 3, mentionCount: 2 }])
})
afterEach(() => {
  queryClient.unmount()
  queryClient.clear()
  onlineManager.setOnline(true)
  vi.unstubAllGlobals()
})

const reading = (body: Reading): Response => Response.json(body)
const listed = (): unknown => queryClient.getQueryData(queryKeys.dms)
const kept = (): number => queryClient.getMutationCache().getAll().filter(isKeptCommand).length

test('a conversation that is read shows so at once, and then what the server counts', async () => {
  sendReadMark(queryClient, { conversation, messageId: second })
  expect(listed()).toMatchObject([{ unreadCount: 0, mentionCount: 0 }])
  await expect.poll(() => told).toEqual([id])
  expect(requests).toEqual([{ path: `/api/dm/${id}/read`, body: { messageId: second } }])
  expect(listed()).toMatchObject([{ lastReadMessageId: second, unreadCount: 0, mentionCount: 1 }])
  await expect.poll(kept).toBe(0)
})

test('P6 what is read offline waits, the last of a conversation alone, and goes out by itself', async () => {
  onlineManager.setOnline(false)
  sendReadMark(queryClient, { conversation, messageId: first })
  await expect.poll(kept).toBe(1)
  sendReadMark(queryClient, { conversation, messageId: second })
  await expect.poll(kept).toBe(1)
  expect(requests).toEqual([])
  expect(listed()).toMatchObject([{ unreadCount: 0, mentionCount: 0 }])
  onlineManager.setOnline(true)
  await expect.poll(() => told).toEqual([id])
  expect(requests.map(({ body }) => body)).toEqual([{ messageId: second }])
  await expect.poll(kept).toBe(0)
})

test('a no of the server is not kept', async () => {
  answer = () =>
    Response.json(
      { type: 'about:blank', title: 'No', status: 403, code: 'not_member', detail: 'no' },
      { status: 403 },
    )
  sendReadMark(queryClient, { conversation, messageId: second })
  await expect.poll(() => requests.length).toBe(1)
  await expect.poll(kept).toBe(0)
  expect(told).toEqual([])
})
