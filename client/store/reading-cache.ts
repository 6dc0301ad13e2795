/** What is read and unread in the cached lists, and how one conversation of them is read again. */
import type { QueryClient } from '@tanstack/react-query'
import type { Channel } from '../../shared/api/channels.ts'
import type { Dm } from '../../shared/api/dms.ts'
import type { Reading } from '../../shared/api/reading.ts'
import type { ConversationId } from '../../shared/ids.ts'
import { request } from './api-client.ts'
import { queryKeys } from './query-keys.ts'

/** Changes what the lists say of one conversation; where it is not listed, nothing. */
export function patchReading(
  queryClient: QueryClient,
  conversationId: ConversationId,
  reading: Partial<Reading>,
): void {
  const patched = <Item extends { id: string }>(items: Item[] | undefined): Item[] | undefined =>
    items?.map((item) => (item.id === conversationId ? { ...item, ...reading } : item))
  if (isListed(queryClient.getQueryData<Channel[]>(queryKeys.channels), conversationId))
    queryClient.setQueryData<Channel[]>(queryKeys.channels, patched)
  if (isListed(queryClient.getQueryData<Dm[]>(queryKeys.dms), conversationId))
    queryClient.setQueryData<Dm[]>(queryKeys.dms, patched)
}

/** Reads one conversation of the lists again. What is not listed comes with its list. */
export async function refreshConversation(
  queryClient: QueryClient,
  conversationId: ConversationId,
): Promise<void> {
  if (isListed(queryClient.getQueryData<Channel[]>(queryKeys.channels), conversationId)) {
    const channel = await request('GET /channels/{id}', { params: { id: conversationId } })
    queryClient.setQueryData<Channel[]>(queryKeys.channels, (items) => replaced(items, channel))
  } else if (isListed(queryClient.getQueryData<Dm[]>(queryKeys.dms), conversationId)) {
    const dm = await request('GET /dm/{id}', { params: { id: conversationId } })
    queryClient.setQueryData<Dm[]>(queryKeys.dms, (items) => replaced(items, dm))
  }
}

function isListed(items: readonly { id: string }[] | undefined, id: string): boolean {
  return items?.some((item) => item.id === id) === true
}

function replaced<Item extends { id: string }>(
  items: Item[] | undefined,
  item: Item,
): Item[] | undefined {
  return items?.map((each) => (each.id === item.id ? item : each))
}
