/**
 * Removes records from one document as the server: a message becomes a tombstone without words, a
 * reaction or a pin goes. Then the document is stored anew and its journal trimmed, so that no byte
 * of what was removed stays behind. Never removes a message's key: a browser could make it again.
 */
import { formatConversationName } from '../../shared/document/names.ts'
import type { RootName } from '../../shared/document/layout.ts'
import type { RecordEdit } from '../../shared/document/record-edit.ts'
import { isTombstone, messageRecordSchema, NOBODY } from '../../shared/records/message.ts'
import type { ConversationWriter, SegmentPlace } from '../commands/conversation-writer.ts'

export interface RecordKey {
  root: Exclude<RootName, 'meta'>
  key: string
}

export interface RemoveRecordsDeps {
  writer: Pick<ConversationWriter, 'change'>
  /** Keeps the document in memory while `use` runs. */
  withDocument: <Result>(name: string, use: () => Promise<Result>) => Promise<Result>
  /** Writes the snapshot of a document that is in memory. */
  storeSnapshot: (name: string) => void
  now: () => number
}

/** Resolves when they are gone from document, tables and journal. */
export type RemoveRecords = (place: SegmentPlace, keys: readonly RecordKey[]) => Promise<void>

/** Per update; below what the guard lets pass. */
const MAX_EDITS = 400

export function createRemoveRecords(deps: RemoveRecordsDeps): RemoveRecords {
  const { writer, withDocument, storeSnapshot, now } = deps
  return async (place, keys) => {
    const name = formatConversationName(place.conversation, place.segment)
    await withDocument(name, async () => {
      for (let start = 0; start < keys.length; start += MAX_EDITS) {
        const part = keys.slice(start, start + MAX_EDITS)
        await writer.change(place, { kind: 'server' }, (read) =>
          part.flatMap((each) => removalOf(each, read(each.root, each.key), now())),
        )
      }
      storeSnapshot(name)
    })
  }
}

function removalOf({ root, key }: RecordKey, standing: unknown, now: number): RecordEdit[] {
  if (standing === undefined) return []
  if (root !== 'messages') return [{ root, key, value: undefined }]
  const record = messageRecordSchema.parse(standing)
  if (isTombstone(record)) return []
  const { authorId, type, createdAt, version, parentId, replyToId } = record
  const value = {
    ...{ authorId, type, createdAt, version: version + 1, content: '' },
    ...(parentId === undefined ? {} : { parentId }),
    ...(replyToId === undefined ? {} : { replyToId }),
    ...{ deletedAt: now, deletedBy: NOBODY },
  }
  return [{ root, key, value }]
}
