/**
 * Removes what erased people wrote while no server runs, as the server would by its sweeps: from the
 * documents, the tables, the search index and the store of files. What is interrupted the next server
 * takes up.
 */
import type { Config } from '../../config/config.ts'
import type { SqliteConnection } from '../../database/open-database.ts'
import { createFileRows } from '../../files/file-rows.ts'
import { removeDeletedFiles } from '../../files/sweep-files.ts'
import { createFileStore } from '../../files/open-files.ts'
import type { ConversationWriter } from '../../commands/conversation-writer.ts'
import { watchRetention } from '../../retention/watch-retention.ts'

export interface FinishErasureDeps {
  sqlite: SqliteConnection
  config: Config
  now: () => number
  /** Loads each document for a write, and stores a snapshot behind it. */
  writer: ConversationWriter
}

export async function finishErasure({
  sqlite,
  config,
  now,
  writer,
}: FinishErasureDeps): Promise<void> {
  const faults: unknown[] = []
  const retention = watchRetention({
    ...{ sqlite, now, writer, intervalMs: config.limits.retentionSweepMs },
    withDocument: (_name, use) => use(),
    storeSnapshot: () => undefined,
    onUnexpected: (error) => faults.push(error),
  })
  retention.wake()
  await retention.settled()
  await retention.close()
  const [fault] = faults
  if (fault !== undefined) throw new Error('Not all could be removed', { cause: fault })
  const rows = createFileRows(sqlite, () => false)
  await removeDeletedFiles(rows, createFileStore(config.files))
}
