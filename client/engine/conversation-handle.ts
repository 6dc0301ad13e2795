/** What a person does in a conversation, turned into records to write. */
import type { MessageId, UserId } from '../../shared/ids.ts'
import { isTombstone, type LiveMessage, type Tombstone } from '../../shared/records/message.ts'
import type { PinRecord } from '../../shared/records/pin.ts'
import { formatReactionKey } from '../../shared/records/reaction.ts'
import type { ConversationChain } from './conversation-chain.ts'
import type { ConversationHandle } from './engine-interface.ts'
import type { HybridClock } from './hybrid-clock.ts'

export interface ConversationHandleDeps {
  chain: ConversationChain
  userId: UserId
  clock: HybridClock
  newMessageId: () => MessageId
  onClose: () => void
}

export function createConversationHandle(deps: ConversationHandleDeps): ConversationHandle {
  const { chain, userId, clock } = deps
  let isOpen = true

  return {
    subscribe: chain.state.subscribe,
    snapshot: chain.state.snapshot,
    send({ content, parentId, replyToId, shownAs }) {
      const messageId = shownAs?.messageId ?? deps.newMessageId()
      // Another tab that saw no answer asks again.
      if (shownAs !== undefined && chain.find(messageId) !== undefined) return messageId
      // Whoever writes wants to see it; a reply is seen in its thread.
      if (parentId === undefined) chain.showNewest()
      const record: LiveMessage = {
        authorId: userId,
        content,
        type: 'TEXT',
        createdAt: shownAs?.createdAt ?? clock.next(chain.newest()),
        version: 1,
        ...(parentId === undefined ? {} : { parentId }),
        ...(replyToId === undefined ? {} : { replyToId }),
      }
      chain.write({
        kind: 'message',
        messageId,
        root: 'messages',
        key: messageId,
        value: record,
      })
      return messageId
    },
    edit(messageId, content) {
      const record = chain.find(messageId)?.record
      if (record === undefined || isTombstone(record) || record.content === content) return
      const value: LiveMessage = {
        ...record,
        content,
        version: record.version + 1,
        editedAt: clock.now(),
      }
      chain.write({ kind: 'edit', messageId, root: 'messages', key: messageId, value })
    },
    remove(messageId) {
      const record = chain.find(messageId)?.record
      if (record === undefined || isTombstone(record)) return
      const { fileIds: _fileIds, ...stamp } = record
      const value: Tombstone = {
        ...stamp,
        content: '',
        version: record.version + 1,
        deletedAt: clock.now(),
        deletedBy: userId,
      }
      chain.write({ kind: 'deletion', messageId, root: 'messages', key: messageId, value })
    },
    setReaction(messageId, emoji, isOn) {
      const given = chain.find(messageId)?.reactions.find((each) => each.emoji === emoji)
      if ((given?.userIds.includes(userId) ?? false) === isOn) return
      const key = formatReactionKey({ messageId, userId, emoji })
      const value = isOn ? clock.now() : undefined
      chain.write({ kind: 'reaction', messageId, root: 'reactions', key, value })
    },
    setPinned(messageId, isOn) {
      if ((chain.find(messageId)?.isPinned ?? false) === isOn) return
      const value: PinRecord | undefined = isOn ? { userId, pinnedAt: clock.now() } : undefined
      chain.write({ kind: 'pin', messageId, root: 'pins', key: messageId, value })
    },
    loadOlder: chain.loadOlder,
    loadNewer: chain.loadNewer,
    reveal: chain.reveal,
    showNewest: chain.showNewest,
    showThread: chain.showThread,
    setTyping: (isTyping) => chain.sendTyping(isTyping),
    retry: (outboxId) => chain.retry(outboxId),
    discard: (outboxId) => chain.discard(outboxId),
    close() {
      if (!isOpen) return
      isOpen = false
      deps.onClose()
    },
  }
}
