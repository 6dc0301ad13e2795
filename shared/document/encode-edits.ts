/**
 * Turns edits of records into update bytes without touching the document, so that the server's
 * own writes can be guarded and journaled before anybody, the live document included, sees them.
 */
import * as Y from 'yjs'
import { encodeUpdate, type DeleteRange } from './encode-update.ts'
import { rootMap } from './layout.ts'
import type { RecordEdit } from './record-edit.ts'

export interface EditInput {
  document: Y.Doc
  /** Must be used by no other writer: its next clock is taken from the document's state. */
  clientId: number
  edits: readonly RecordEdit[]
}

/** The bytes that `Y.Map.set` and `delete` would have produced for these edits, in order. */
export function encodeEdits({ document, clientId, edits }: EditInput): Uint8Array {
  const firstClock = Y.getState(document.store, clientId)
  const structs: Y.Item[] = []
  const newest = new Map<string, Y.ID>()
  const deletes = new Map<number, DeleteRange[]>()

  for (const { root, key, value } of edits) {
    const place = `${root}/${key}`
    const standing = rootMap(document, root)._map.get(key)
    const origin = newest.get(place) ?? standing?.lastId ?? null
    if (value === undefined) {
      if (origin === null || (!newest.has(place) && standing?.deleted === true)) continue
      const ranges = deletes.get(origin.client) ?? []
      deletes.set(origin.client, [...ranges, { clock: origin.clock, length: 1 }])
      continue
    }
    const id = Y.createID(clientId, firstClock + structs.length)
    structs.push(createItem(id, origin, root, key, value))
    newest.set(place, id)
  }

  const runs = structs.length > 0 ? [{ clientId, clock: firstClock, offset: 0, structs }] : []
  return encodeUpdate(runs, deletes)
}

function createItem(
  id: Y.ID,
  origin: Y.ID | null,
  root: string,
  key: string,
  value: unknown,
): Y.Item {
  const item = new Y.Item(id, null, origin, null, null, null, null, new Y.ContentAny([value]))
  if (origin === null) {
    // Without a neighbour to copy them from, the encoded struct names its root and its key.
    Object.assign(item, { parent: root, parentSub: key })
  }
  return item
}
