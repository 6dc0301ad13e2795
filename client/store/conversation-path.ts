/** Addresses of conversations in the app. */
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

export function formatPath({ kind, id }: Conversation, threadId?: MessageId): string {
  const base = `/${kind === 'channel' ? 'channels' : 'dms'}/${id}`
  return threadId === undefined ? base : `${base}/thread/${threadId}`
}

/** Reads a path; undefined when it names no conversation. */
export function parsePath(path: string): ConversationPlace | undefined {
  const [, kind, id, word, message] = path.split('/')
  const conversation = parseConversation(kind, id)
  if (conversation === undefined) return undefined
  const threadId = word === 'thread' ? messageIdSchema.safeParse(message).data : undefined
  return { conversation, threadId }
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
