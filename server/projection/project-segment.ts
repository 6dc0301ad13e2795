/** What a segment's document says of itself -> how far its conversation's chain goes. */
import type { Conversation } from '../../shared/document/names.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { messageTables } from './project-message.ts'

export type SegmentProjector = (conversation: Conversation, key: string, after: unknown) => void

export function createSegmentProjector(sqlite: SqliteConnection): SegmentProjector {
  const prepare = (kind: Conversation['kind']) =>
    sqlite.prepare<[number, string]>(
      `UPDATE ${messageTables[kind].parent} SET newest_segment = max(newest_segment, ?) WHERE id = ?`,
    )
  const statements = { channel: prepare('channel'), dm: prepare('dm') }
  return ({ kind, id }, key, after) => {
    if (key === 'segment' && typeof after === 'number') statements[kind].run(after, id)
  }
}
