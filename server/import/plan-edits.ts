/**
 * What has to be written so that a document holds imported messages. Nothing that stands there
 * already is touched unless it is an older version of the same import, so a second import adds
 * nothing twice and never undoes what people did since. Pure.
 */
import type * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'
import type { RecordEdit } from '../../shared/document/record-edit.ts'
import {
  isTombstone,
  messageRecordSchema,
  type MessageRecord,
} from '../../shared/records/message.ts'
import type { ImportedMessage } from './imported-records.ts'

export interface EditPlan {
  /** Each batch fits into one update and holds each key once. */
  batches: RecordEdit[][]
  newMessages: number
  newReactions: number
}

const MAX_BATCH_EDITS = 400
const MAX_BATCH_BYTES = 400_000

/** Plans what is missing in one document. */
export function planEdits(document: Y.Doc, messages: readonly ImportedMessage[]): EditPlan {
  const reactions = rootMap(document, 'reactions')
  const edits: RecordEdit[] = []
  let newMessages = 0
  let newReactions = 0
  for (const { id, versions, reactions: given } of messages) {
    const standing = rootMap(document, 'messages').get(id)
    if (standing === undefined) newMessages += 1
    for (const version of missingVersions(standing, versions)) {
      edits.push({ root: 'messages', key: id, value: withoutUndefined(version) })
    }
    for (const [key, time] of given) {
      // A key that was removed still has its last item here: somebody took the reaction back.
      if (reactions._map.has(key)) continue
      newReactions += 1
      edits.push({ root: 'reactions', key, value: time })
    }
  }
  return { batches: cutIntoBatches(edits), newMessages, newReactions }
}

/** Whether a message that stands already could get anything from this import. */
export function mayAddTo({ versions, reactions }: ImportedMessage): boolean {
  return reactions.size > 0 || versions.length > 1 || versions[0].version > 1
}

function missingVersions(
  value: unknown,
  versions: ImportedMessage['versions'],
): readonly MessageRecord[] {
  if (value === undefined) return versions
  const standing = messageRecordSchema.parse(value)
  const reached = versions.findIndex((version) => isSameState(version, standing))
  if (reached >= 0) return versions.slice(reached + 1)
  // Still as an earlier export had it, before Slack's people edited it there.
  const isUntouched = standing.version === 1 && !isTombstone(standing)
  const [first] = versions
  const isSame =
    first.authorId === standing.authorId &&
    first.createdAt === standing.createdAt &&
    first.type === standing.type &&
    first.parentId === standing.parentId
  return isUntouched && isSame ? versions.filter(({ version }) => version > 1) : []
}

function isSameState(one: MessageRecord, other: MessageRecord): boolean {
  return (
    one.version === other.version &&
    one.content === other.content &&
    one.editedAt === other.editedAt &&
    isTombstone(one) === isTombstone(other)
  )
}

function cutIntoBatches(edits: readonly RecordEdit[]): RecordEdit[][] {
  const batches: RecordEdit[][] = []
  let keys = new Set<string>()
  let sizeBytes = 0
  for (const edit of edits) {
    const place = `${edit.root}/${edit.key}`
    const editBytes = place.length + Buffer.byteLength(JSON.stringify(edit.value)) + 64
    const current = batches.at(-1)
    const isFull = keys.size >= MAX_BATCH_EDITS || sizeBytes + editBytes > MAX_BATCH_BYTES
    if (current === undefined || isFull || keys.has(place)) {
      batches.push([edit])
      keys = new Set()
      sizeBytes = 0
    } else {
      current.push(edit)
    }
    keys.add(place)
    sizeBytes += editBytes
  }
  return batches
}

/** Documents hold JSON, which has no undefined. */
function withoutUndefined(record: MessageRecord): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
}
