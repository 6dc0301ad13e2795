/**
 * The rows that a conversation's tables must hold, counted from its document by code that shares
 * nothing with the projection; for tests that compare the two.
 */
import type * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'
import type { Conversation } from '../../shared/document/names.ts'
import {
  isTombstone,
  messageRecordSchema,
  type MessageRecord,
} from '../../shared/records/message.ts'
import { pinRecordSchema } from '../../shared/records/pin.ts'
import { parseReactionKey } from '../../shared/records/reaction.ts'
import { ada, ben, cleo } from '../../shared/testing/updates.ts'

/** Knows of code no more than what the invented messages have of it. */
function mentionsIn(content: string): string[] {
  return [...content.matchAll(/(?<!`)<@([^>]+)>/g)].map(([, target = '']) => target)
}

/** Ada, Ben and Cleo are in every conversation, and nobody knows who is online. */
function createNotificationLedger({ kind: place, id: conversationId }: Conversation) {
  /** By message and person, why they were told: once for each message. */
  const kinds = new Map<string, string>()
  const threads = new Map<string, Set<string>>()
  return {
    note(messageId: string, record: MessageRecord, before: MessageRecord | undefined): void {
      const named = mentionsIn(record.content).filter(
        (target) => before === undefined || !mentionsIn(before.content).includes(target),
      )
      const { authorId, parentId, replyToId } = record
      const thread = threads.get(parentId ?? '') ?? new Set()
      const isNew = before === undefined && record.content !== 'imported'
      for (const userId of [ada, ben, cleo].filter((each) => each !== authorId)) {
        const key = `${messageId} ${userId}`
        const wrote = [parentId, replyToId].some((id) => threads.get(`${id}/author`)?.has(userId))
        if (record.content === 'imported' || kinds.has(key)) continue
        if (named.includes(userId)) kinds.set(key, 'MENTION')
        else if (named.includes('here')) kinds.set(key, 'GROUP_MENTION')
        else if (isNew && place === 'dm') kinds.set(key, 'DM')
        else if (isNew && (wrote || thread.has(userId))) kinds.set(key, 'REPLY')
      }
      threads.set(`${messageId}/author`, new Set([authorId]))
      if (parentId) threads.set(parentId, thread.add(authorId))
    },
    /** Of messages that were deleted since there are none. */
    rows: (recordOf: (messageId: string) => MessageRecord | undefined): unknown[][] =>
      [...kinds].flatMap(([key, kind]) => {
        const [messageId = '', userId] = key.split(' ')
        const record = recordOf(messageId)
        if (record === undefined || isTombstone(record)) return []
        return [[conversationId, messageId, userId, kind, place, record.authorId]]
      }),
  }
}

/** The ledger follows a conversation of one document. */
const FIRST_SEGMENT = 1

/** Rows by table, each in the order of its columns. */
export type ExpectedRows = Record<
  'messages' | 'revisions' | 'reactions' | 'pins' | 'mentions' | 'files' | 'notifications',
  unknown[][]
>

export interface RowLedger {
  /** Notes what documents do not keep: when a message arrived, and what it said before. */
  watch: (document: Y.Doc) => void
  /** How often a message was changed from a version that was not its newest, since last asked. */
  takeContentions: () => number
  /** `arrivedAt` overrules what was noted. */
  rowsOf: (document: Y.Doc, arrivedAt?: number) => ExpectedRows
}

/** `receivedAt` answers when what is being applied now arrived. */
export function createRowLedger(
  conversation: Conversation,
  receivedAt: (record: MessageRecord) => number,
  now: () => number,
): RowLedger {
  const { id: conversationId } = conversation
  const notified = createNotificationLedger(conversation)
  const standing = new Map<string, MessageRecord>()
  const arrivals = new Map<string, number>()
  let contentions = 0
  let revisions: { messageId: string; row: unknown[] }[] = []

  function note(messageId: string, record: MessageRecord): void {
    const before = standing.get(messageId)
    standing.set(messageId, record)
    notified.note(messageId, record, before)
    if (before === undefined) arrivals.set(messageId, receivedAt(record))
    if (before !== undefined && record.version <= before.version) contentions += 1
    if (isTombstone(record)) {
      revisions = revisions.filter((revision) => revision.messageId !== messageId)
    } else if (before !== undefined && before.content !== record.content) {
      const { version, content } = before
      const row = [conversationId, messageId, version, content, record.editedAt ?? now()]
      revisions.push({ messageId, row })
    }
  }

  return {
    watch(document) {
      const messages = rootMap(document, 'messages')
      // Each accepted update is one event: what it says now replaces what was said.
      messages.observe(({ keysChanged }) => {
        for (const key of keysChanged) note(key, messageRecordSchema.parse(messages.get(key)))
      })
    },
    takeContentions() {
      const taken = contentions
      contentions = 0
      return taken
    },
    rowsOf: (document, arrivedAt) => ({
      messages: [...rootMap(document, 'messages')].map(([id, value]) => {
        const record = messageRecordSchema.parse(value)
        const { authorId, content, type, version, createdAt, editedAt = null } = record
        const { parentId = null, replyToId = null } = record
        const deletion = isTombstone(record) ? [record.deletedAt, record.deletedBy] : [null, null]
        const hasFiles = !isTombstone(record) && record.fileIds !== undefined
        const fileIds = hasFiles ? JSON.stringify(record.fileIds) : null
        return [
          ...[conversationId, id, authorId, content, type, version, parentId, replyToId, fileIds],
          ...[createdAt, arrivedAt ?? arrivals.get(id), editedAt, ...deletion, FIRST_SEGMENT],
        ]
      }),
      revisions: revisions.map(({ row }) => row),
      reactions: [...rootMap(document, 'reactions')].map(([key, givenAt]) => {
        const reaction = parseReactionKey(key)
        return [conversationId, reaction?.messageId, reaction?.userId, reaction?.emoji, givenAt]
      }),
      mentions: [...rootMap(document, 'messages')].flatMap(([id, value]) =>
        mentionsIn(messageRecordSchema.parse(value).content).map((target) => [
          ...[conversationId, id],
          ...(target.length === 36 ? [target, null] : [null, target]),
        ]),
      ),
      files: [...rootMap(document, 'messages')].flatMap(([id, value]) => {
        const record = messageRecordSchema.parse(value)
        const fileIds = isTombstone(record) ? [] : (record.fileIds ?? [])
        return fileIds.map((fileId) => [conversationId, id, fileId])
      }),
      notifications: notified.rows((id) => standing.get(id)),
      pins: [...rootMap(document, 'pins')].map(([key, value]) => {
        const { userId, pinnedAt } = pinRecordSchema.parse(value)
        return [conversationId, key, userId, pinnedAt]
      }),
    }),
  }
}

/** The newest time of writing among a conversation's messages; null when it has none. */
export function lastMessageAt(document: Y.Doc): number | null {
  const times = [...rootMap(document, 'messages').values()].map(
    (value) => messageRecordSchema.parse(value).createdAt,
  )
  return times.length === 0 ? null : Math.max(...times)
}
