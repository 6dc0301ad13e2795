/**
 * Before the server listens: brings the tables up to the journal. A crash between the commit of
 * an update and that of its rows leaves `projected_seq` behind; the updates since then are
 * replayed one by one, through the very projection that runs live.
 */
import * as Y from 'yjs'
import { readChanges } from '../../shared/document/read-changes.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import type { ProjectChanges } from '../projection/project-changes.ts'
import type { Journal } from './journal.ts'

interface Lagging {
  name: string
  snapshot: Buffer | null
  snapshotSeq: number
  projectedSeq: number
}

/** Answers how many updates were replayed. */
export function recover(
  sqlite: SqliteConnection,
  journal: Journal,
  project: ProjectChanges,
): number {
  const lagging = sqlite
    .prepare<[], Lagging>(
      `SELECT name, snapshot, snapshot_seq AS snapshotSeq, projected_seq AS projectedSeq
       FROM documents AS d
       WHERE EXISTS (SELECT 1 FROM document_updates AS u
         WHERE u.document_name = d.name AND u.seq > d.projected_seq)`,
    )
    .all()
  const advance = sqlite.prepare('UPDATE documents SET projected_seq = ? WHERE name = ?')
  let replayed = 0
  for (const { name, snapshot, snapshotSeq, projectedSeq } of lagging) {
    const document = new Y.Doc()
    if (snapshot !== null) Y.applyUpdate(document, snapshot)
    sqlite.transaction(() => {
      for (const { seq, userId, update, receivedAt } of journal.updatesAfter(name, snapshotSeq)) {
        if (seq > projectedSeq) {
          const reading = readChanges(update, document, { maxUnits: Number.MAX_SAFE_INTEGER })
          if (reading.refusal !== undefined) {
            throw new Error(
              `Journal entry ${seq} of ${name} cannot be read: ${reading.refusal.code}`,
            )
          }
          const changes = reading.chains
            .map((chain) => ({
              root: chain.root,
              key: chain.key,
              before: chain.before,
              after: chain.after(),
            }))
            .filter(({ before, after }) => before !== after)
          project({ documentName: name, changes, isServerMade: userId === null, receivedAt })
          advance.run(seq, name)
          replayed += 1
        }
        Y.applyUpdate(document, update)
      }
    })()
    document.destroy()
  }
  return replayed
}
