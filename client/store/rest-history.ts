/** What REST tells of a conversation's messages, in the engine's terms. */
import {
  listMessagesResponseSchema,
  locatedMessageSchema,
  type Message,
} from '../../shared/api/messages.ts'
import type { Conversation } from '../../shared/document/names.ts'
import { AppError } from '../../shared/errors.ts'
import type { MessageRecord } from '../../shared/records/message.ts'
import type { HistorySource, PageMessage } from '../engine/engine-interface.ts'
import type { requestJson } from './api-client.ts'

/** As many as fill a screen, and few enough to be there at once. */
const PAGE_SIZE = 50

/** `request` sends a GET below `/api`; throws AppError when the server says no. */
export function createRestHistory(request: typeof requestJson): HistorySource {
  return {
    async readPage(conversation) {
      const path = `${messagesPath(conversation)}?limit=${PAGE_SIZE}`
      const { messages } = await request(path, listMessagesResponseSchema)
      return messages.map(toPageMessage)
    },
    async locate(conversation, messageId) {
      try {
        const path = `${messagesPath(conversation)}/${messageId}`
        const { segment, parentId, replySegments } = await request(path, locatedMessageSchema)
        return { segment, parentId: parentId ?? undefined, replySegments }
      } catch (error) {
        if (error instanceof AppError && error.code === 'not_found') return undefined
        throw error
      }
    },
  }
}

function messagesPath({ kind, id }: Conversation): string {
  return `/${kind === 'channel' ? 'channels' : 'dm'}/${id}/messages`
}

function toPageMessage(message: Message): PageMessage {
  const { id, segment, reactions, replyCount, isPinned } = message
  return { id, segment, record: toRecord(message), reactions, replyCount, isPinned }
}

function toRecord(message: Message): MessageRecord {
  const { author, content, type, createdAt, version, fileIds, parentId, replyToId } = message
  const stamp = {
    authorId: author.id,
    type,
    createdAt,
    version,
    ...(parentId === null ? {} : { parentId }),
    ...(replyToId === null ? {} : { replyToId }),
    ...(message.editedAt === null ? {} : { editedAt: message.editedAt }),
  }
  if (message.deletedAt !== null) {
    // REST does not say who deleted it, and no screen does.
    return { ...stamp, content: '', deletedAt: message.deletedAt, deletedBy: author.id }
  }
  return { ...stamp, content, ...(fileIds.length === 0 ? {} : { fileIds }) }
}
