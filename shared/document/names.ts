/** Names of documents: `channel:<id>/<segment>`, `dm:<id>/<segment>`, `user:<id>`. */
import {
  channelIdSchema,
  threadIdSchema,
  userIdSchema,
  type ChannelId,
  type ThreadId,
  type UserId,
} from '../ids.ts'

export type Conversation = { kind: 'channel'; id: ChannelId } | { kind: 'dm'; id: ThreadId }

export type DocumentAddress =
  | { kind: 'conversation'; conversation: Conversation; segment: number }
  | { kind: 'user'; userId: UserId }

const SEGMENT = /^[1-9][0-9]{0,8}$/

export function formatConversationName(conversation: Conversation, segment = 1): string {
  return `${conversation.kind}:${conversation.id}/${segment}`
}

export function formatUserDocumentName(userId: UserId): string {
  return `user:${userId}`
}

/** Reads a document's name; undefined when no document may have it. */
export function parseDocumentName(name: string): DocumentAddress | undefined {
  const [kind, rest, ...tooMany] = name.split(':')
  if (rest === undefined || tooMany.length > 0) return undefined
  if (kind === 'user') {
    const userId = userIdSchema.safeParse(rest)
    return userId.success ? { kind: 'user', userId: userId.data } : undefined
  }
  const [id, segment, ...tooManyParts] = rest.split('/')
  if (segment === undefined || tooManyParts.length > 0 || !SEGMENT.test(segment)) return undefined
  const conversation = parseConversation(kind, id)
  return conversation && { kind: 'conversation', conversation, segment: Number(segment) }
}

function parseConversation(kind: string | undefined, id: unknown): Conversation | undefined {
  if (kind === 'channel') {
    const channelId = channelIdSchema.safeParse(id)
    return channelId.success ? { kind, id: channelId.data } : undefined
  }
  if (kind === 'dm') {
    const threadId = threadIdSchema.safeParse(id)
    return threadId.success ? { kind, id: threadId.data } : undefined
  }
  return undefined
}
