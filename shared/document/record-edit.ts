/** Edits and changes of records: what somebody wants to write, and what an update did. */
import type { RootName } from './layout.ts'

/** One assignment to a key of a root map; `value` undefined removes the key. */
export interface RecordEdit {
  root: RootName
  key: string
  value: unknown
}

/** What one update does to one key; undefined stands for "no such key". */
export interface RecordChange {
  root: RootName
  key: string
  before: unknown
  after: unknown
}
