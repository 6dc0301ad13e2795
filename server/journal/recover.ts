/**
 * Before the server listens: brings the tables up to the journal. A crash between the commit of
 * an update and that of its rows leaves `projected_seq` behind.
 */
import { isEnvironmental, type SqliteConnection } from '../database/open-database.ts'
import type { ReplayDocument } from './replay-document.ts'

export interface Recovery {
  replayedCount: number
  /** Documents whose rows could not be written; a fault in one must not keep the others offline. */
  failures: { documentName: string; error: unknown }[]
}

/** Throws when the disk fails: a server that cannot write must not start. */
export function recover(sqlite: SqliteConnection, replayDocument: ReplayDocument): Recovery {
  const lagging = sqlite
    .prepare<[], { name: string }>(
      `SELECT name FROM documents AS d
       WHERE EXISTS (SELECT 1 FROM document_updates AS u
         WHERE u.document_name = d.name AND u.seq > d.projected_seq)`,
    )
    .all()
  const recovery: Recovery = { replayedCount: 0, failures: [] }
  for (const { name } of lagging) {
    try {
      recovery.replayedCount += replayDocument(name)
    } catch (error) {
      if (isEnvironmental(error)) throw error
      recovery.failures.push({ documentName: name, error })
    }
  }
  return recovery
}
