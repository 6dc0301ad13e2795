/** What a person does in a conversation, turned into records to write. */
import type { MessageId, UserId } from '../../shared/ids.ts'
import { isTombstone, type LiveMessage, type Tombstone } from '../../shared/records/message.ts'
import type { PinRecord } from '../../shared/records/pin.ts'
import { formatReactionKey } from '../../shared/records/reaction.ts'
import type { ConversationDocument } from './conversation-document.ts'
import type { ConversationHandle } from './engine-interface.ts'
import type { HybridClock } from './hybrid-clock.ts'

export interface ConversationHandleDeps {
  document: ConversationDocument
  userId: UserId
  clock: HybridClock
  newMessageId: () => MessageId
  onClose: () => void
}

export function createConversationHandle(deps: ConversationHandleDeps): ConversationHandle {
  const { document, userId, clock } = deps
  let isOpen = true

  return {
    subscribe: document.state.subscribe,
    snapshot: document.state.snapshot,
    send({ content, parentId, replyToId }) {
      const messageId = deps.newMessageId()
      const record: LiveMessage = {
        authorId: userId,
        content,
        type: 'TEXT',
        createdAt: clock.next(document.newest()),
        version: 1,
        ...(parentId === undefined ? {} : { parentId }),
        ...(replyToId === undefined ? {} : { replyToId }),
      }
      document.write({
        kind: 'message',
        messageId,
        root: 'messages',
        key: messageId,
        value: record,
      })
      return messageId
    },
    edit(messageId, content) {
      const record = document.find(messageId)?.record
      if (record === undefined || isTombstone(record) || record.content === content) return
      const value: LiveMessage = {
        ...record,
        content,
        version: record.version + 1,
        editedAt: clock.now(),
      }
      document.write({ kind: 'edit', messageId, root: 'messages', key: messageId, value })
    },
    remove(messageId) {
      const record = document.find(messageId)?.record
      if (record === undefined || isTombstone(record)) return
      const { fileIds: _fileIds, ...stamp } = record
      const value: Tombstone = {
        ...stamp,
        content: '',
        version: record.version + 1,
        deletedAt: clock.now(),
        deletedBy: userId,
      }
      document.write({ kind: 'deletion', messageId, root: 'messages', key: messageId, value })
    },
    setReaction(messageId, emoji, isOn) {
      const given = document.find(messageId)?.reactions.find((each) => each.emoji === emoji)
      if ((given?.userIds.includes(userId) ?? false) === isOn) return
      const key = formatReactionKey({ messageId, userId, emoji })
      const value = isOn ? clock.now() : undefined
      document.write({ kind: 'reaction', messageId, root: 'reactions', key, value })
    },
    setPinned(messageId, isOn) {
      if ((document.find(messageId)?.isPinned ?? false) === isOn) return
      const value: PinRecord | undefined = isOn ? { userId, pinnedAt: clock.now() } : undefined
      document.write({ kind: 'pin', messageId, root: 'pins', key: messageId, value })
    },
    setTyping: (isTyping) => document.sendTyping(isTyping),
    retry: (outboxId) => document.retry(outboxId),
    discard: (outboxId) => document.discard(outboxId),
    close() {
      if (!isOpen) return
      isOpen = false
      deps.onClose()
    },
  }
}
