/**
 * After the server's store was restored from a backup: what this person wrote and it lacks. Other
 * people's records are theirs to bring back; the guard would refuse them from here. Pure.
 */
import type * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'
import { messageIdSchema, type UserId } from '../../shared/ids.ts'
import { isTombstone, messageRecordSchema } from '../../shared/records/message.ts'
import { pinRecordSchema } from '../../shared/records/pin.ts'
import { parseReactionKey } from '../../shared/records/reaction.ts'
import type { NewEntry } from './delivery-queue.ts'

export interface RestoredDocuments {
  /** What this browser had. */
  previous: Y.Doc
  /** What the server has now. */
  restored: Y.Doc
  userId: UserId
}

export function ownRecordsMissing(documents: RestoredDocuments): NewEntry[] {
  return [
    ...ownMessagesMissing(documents),
    ...ownReactionsMissing(documents),
    ...ownPinsMissing(documents),
  ]
}

function ownMessagesMissing({ previous, restored, userId }: RestoredDocuments): NewEntry[] {
  return [...rootMap(previous, 'messages')].flatMap(([key, value]): NewEntry[] => {
    const record = messageRecordSchema.safeParse(value).data
    const messageId = messageIdSchema.safeParse(key).data
    if (record?.authorId !== userId || messageId === undefined) return []
    const standing = messageRecordSchema.safeParse(rootMap(restored, 'messages').get(key)).data
    const entry = { messageId, root: 'messages', key } as const // a literal root
    if (standing === undefined) {
      return isTombstone(record) ? [] : [{ ...entry, kind: 'message', value: record }]
    }
    if (standing.version >= record.version) return []
    const kind = isTombstone(record) ? 'deletion' : 'edit'
    return [{ ...entry, kind, value: { ...record, version: standing.version + 1 } }]
  })
}

function ownReactionsMissing({ previous, restored, userId }: RestoredDocuments): NewEntry[] {
  return [...rootMap(previous, 'reactions')].flatMap(([key, value]): NewEntry[] => {
    const parsed = parseReactionKey(key)
    if (parsed?.userId !== userId || rootMap(restored, 'reactions').has(key)) return []
    return [{ kind: 'reaction', messageId: parsed.messageId, root: 'reactions', key, value }]
  })
}

function ownPinsMissing({ previous, restored, userId }: RestoredDocuments): NewEntry[] {
  return [...rootMap(previous, 'pins')].flatMap(([key, value]): NewEntry[] => {
    const messageId = messageIdSchema.safeParse(key).data
    const pin = pinRecordSchema.safeParse(value).data
    if (messageId === undefined || pin?.userId !== userId) return []
    if (rootMap(restored, 'pins').has(key)) return []
    return [{ kind: 'pin', messageId, root: 'pins', key, value }]
  })
}
