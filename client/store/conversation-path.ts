/** Addresses of conversations, in the app and in the REST API. */
import type { Conversation } from '../../shared/document/names.ts'
import {
  channelIdSchema,
  messageIdSchema,
  threadIdSchema,
  type MessageId,
} from '../../shared/ids.ts'

export interface ConversationPlace {
  conversation: Conversation
  /** The message whose thread is open beside the conversation. */
  threadId: MessageId | undefined
}

/** What an address of the app names. */
export interface LinkedPlace extends ConversationPlace {
  /** The message that a link leads to. */
  messageId: MessageId | undefined
}

export function formatPath({ kind, id }: Conversation, threadId?: MessageId): string {
  const base = `/${kind === 'channel' ? 'channels' : 'dms'}/${id}`
  return threadId === undefined ? base : `${base}/thread/${threadId}`
}

/** With what the address of a conversation begins in the REST API. */
export const conversationPrefix = { channel: 'channels', dm: 'dm' } as const

/** Where a message is, be it in the conversation or in a thread of it. */
export function formatMessagePath(conversation: Conversation, messageId: MessageId): string {
  return `${formatPath(conversation)}/messages/${messageId}`
}

/** Reads a path; undefined when it names no conversation. */
export function parsePath(path: string): LinkedPlace | undefined {
  const [, kind, id, word, last] = path.split('/')
  const conversation = parseConversation(kind, id)
  if (conversation === undefined) return undefined
  const named = messageIdSchema.safeParse(last).data
  return {
    conversation,
    threadId: word === 'thread' ? named : undefined,
    messageId: word === 'messages' ? named : undefined,
  }
}

function parseConversation(kind: string | undefined, id: unknown): Conversation | undefined {
  if (kind === 'channels') {
    const channelId = channelIdSchema.safeParse(id).data
    return channelId && { kind: 'channel', id: channelId }
  }
  if (kind === 'dms') {
    const threadId = threadIdSchema.safeParse(id).data
    return threadId && { kind: 'dm', id: threadId }
  }
  return undefined
}
