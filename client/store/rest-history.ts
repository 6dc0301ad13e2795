/** What REST tells of a conversation's messages, in the engine's terms. */
import type { ApiClient } from '../../shared/api/create-api-client.ts'
import type { Message } from '../../shared/api/messages.ts'
import { AppError } from '../../shared/errors.ts'
import type { MessageRecord } from '../../shared/records/message.ts'
import type { HistorySource, PageMessage } from '../engine/engine-interface.ts'
import { conversationPrefix } from './conversation-path.ts'

/** As many as fill a screen, and few enough to be there at once. */
const PAGE_SIZE = 50

/** `request` throws AppError when the server says no. */
export function createRestHistory(request: ApiClient): HistorySource {
  return {
    async readPage({ kind, id }) {
      const { messages } = await request(`GET /${conversationPrefix[kind]}/{id}/messages`, {
        params: { id },
        query: { limit: PAGE_SIZE },
      })
      return messages.map(toPageMessage)
    },
    async locate({ kind, id }, messageId) {
      try {
        const { segment, parentId, replySegments } = await request(
          `GET /${conversationPrefix[kind]}/{id}/messages/{messageId}`,
          { params: { id, messageId } },
        )
        return { segment, parentId: parentId ?? undefined, replySegments }
      } catch (error) {
        if (error instanceof AppError && error.code === 'not_found') return undefined
        throw error
      }
    },
  }
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
