/** What tests of notifications do as people: say something, read their list, open their document. */
import {
  listNotificationsResponseSchema,
  type Notification,
} from '../../shared/api/notifications.ts'
import { messageSchema, type Message } from '../../shared/api/messages.ts'
import type { Preferences } from '../../shared/api/preferences.ts'
import { dmSchema } from '../../shared/api/dms.ts'
import type { Conversation } from '../../shared/document/names.ts'
import type { ChannelId } from '../../shared/ids.ts'
import type { TestPerson } from './running-server.ts'

export interface Place {
  path: string
  conversation: Conversation
}

export function channelPlace(id: ChannelId): Place {
  return { path: `/api/channels/${id}`, conversation: { kind: 'channel', id } }
}

export async function startDm(person: TestPerson, others: readonly TestPerson[]): Promise<Place> {
  const participantIds = others.map(({ userId }) => userId)
  const { id } = dmSchema.parse(await answer(person, 'POST', '/api/dm', { participantIds }))
  return { path: `/api/dm/${id}`, conversation: { kind: 'dm', id } }
}

export async function say(
  person: TestPerson,
  { path }: Place,
  content: string,
  more: { parentId?: string; replyToId?: string } = {},
): Promise<Message> {
  return messageSchema.parse(await answer(person, 'POST', `${path}/messages`, { content, ...more }))
}

export async function notificationsOf(
  person: TestPerson,
  query = '',
): Promise<{ notifications: Notification[]; nextCursor: string | null; unreadCount: number }> {
  const body = await answer(person, 'GET', `/api/notifications${query}`)
  return listNotificationsResponseSchema.parse(body)
}

/** Kinds, the newest first. */
export async function kindsFor(person: TestPerson): Promise<string[]> {
  return (await notificationsOf(person)).notifications.map(({ kind }) => kind)
}

export async function wish(person: TestPerson, wishes: Partial<Preferences>): Promise<void> {
  await answer(person, 'PATCH', `/api/users/${person.userId}/preferences`, wishes)
}

/** Throws unless it was answered well. */
export async function answer(
  person: TestPerson,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const response = await person.request(method, path, body)
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}
