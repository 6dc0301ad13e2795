/** Fits a waiting record to the document that it is put back into. Pure. */
import type * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'
import {
  isTombstone,
  messageRecordSchema,
  type MessageRecord,
} from '../../shared/records/message.ts'
import { pinRecordSchema } from '../../shared/records/pin.ts'
import { isSameRecord } from './is-same-record.ts'
import { messageOf, type OutboxEntry } from './outbox-entry.ts'

/**
 * Undefined when there is nothing left to deliver: it is there already, or what it changed is
 * gone. `now` (ms UTC, corrected by the server) bounds its times, which a wrong clock made.
 */
export function remakeEntry(
  entry: OutboxEntry,
  document: Y.Doc,
  now: number,
): OutboxEntry | undefined {
  const standing = rootMap(document, entry.root).get(entry.key)
  switch (entry.root) {
    case 'messages':
      return remakeMessage(entry, document, now)
    case 'reactions':
      return remakeReaction(entry, standing, now)
    case 'pins':
      return remakePin(entry, standing, now)
    case 'meta':
      return undefined
  }
}

function remakeReaction(
  entry: OutboxEntry,
  standing: unknown,
  now: number,
): OutboxEntry | undefined {
  const { value } = entry
  if ((value === undefined) === (standing === undefined)) return undefined
  return typeof value === 'number' ? { ...entry, value: Math.min(value, now) } : entry
}

function remakePin(entry: OutboxEntry, standing: unknown, now: number): OutboxEntry | undefined {
  if ((entry.value === undefined) === (standing === undefined)) return undefined
  const pin = pinRecordSchema.safeParse(entry.value).data
  if (pin === undefined) return entry
  return { ...entry, value: { ...pin, pinnedAt: Math.min(pin.pinnedAt, now) } }
}

function remakeMessage(entry: OutboxEntry, document: Y.Doc, now: number): OutboxEntry | undefined {
  const record = messageOf(entry)
  const standing = messageIn(document, entry.key)
  if (record === undefined) return undefined
  if (standing === undefined) {
    if (isTombstone(record)) return undefined
    // The server lacks the message: it begins anew, at a time that the server accepts.
    const { editedAt: _editedAt, ...first } = record
    const question = messageIn(document, record.parentId ?? record.replyToId)?.createdAt ?? 0
    const createdAt = Math.min(record.createdAt, Math.max(now, question + 1))
    return { ...entry, kind: 'message', value: { ...first, createdAt, version: 1 } }
  }
  if (entry.kind === 'message' || isSameRecord(record, standing)) {
    return undefined
  }
  // What comes too late for a message goes out all the same: only a refusal tells its person.
  if (isTombstone(standing) && entry.kind === 'deletion') return undefined
  const stamps = {
    ...(record.editedAt === undefined ? {} : { editedAt: Math.min(record.editedAt, now) }),
    ...(isTombstone(record) ? { deletedAt: Math.min(record.deletedAt, now) } : {}),
  }
  return {
    ...entry,
    value: { ...record, ...stamps, createdAt: standing.createdAt, version: standing.version + 1 },
  }
}

function messageIn(document: Y.Doc, id: string | undefined): MessageRecord | undefined {
  const value = id === undefined ? undefined : rootMap(document, 'messages').get(id)
  return messageRecordSchema.safeParse(value).data
}
