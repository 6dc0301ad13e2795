/** A data directory that no server runs on, opened and recovered as the server would at its start. */
import { join } from 'node:path'
import { openEngine, type Engine } from '../journal/open-engine.ts'
import { createDiskFileStore } from '../files/disk-file-store.ts'
import type { IsDeletedMeanwhile } from '../files/deleted-meanwhile.ts'
import type { FileStore } from '../files/file-store.ts'
import { openStore } from '../open-store.ts'
import type { Database } from '../database/open-database.ts'
import { checkStore } from './check-store.ts'
import type { Finding } from './store-check.ts'

export const DATABASE_NAME = 'connectnow.db'

export interface RecoveredStore {
  database: Database
  engine: Engine
  close: () => Promise<void>
}

/** Tells what could not be recovered. */
export type OnProblem = (problem: string) => void

/** Puts an engine over an open database. */
export function recoverStore(
  { database, close }: { database: Database; close: () => Promise<void> },
  { now, onProblem }: { now: () => number; onProblem: OnProblem },
): RecoveredStore {
  const engine = openEngine({
    sqlite: database.sqlite,
    now,
    onProjectionFailure: (error, documentName) =>
      onProblem(`${documentName ?? 'the store'} could not be projected: ${String(error)}`),
  })
  return {
    database,
    engine,
    async close() {
      engine.close()
      await close()
    },
  }
}

interface FolderOptions {
  now: () => number
  onProblem: OnProblem
  fileStore?: FileStore | undefined
  isDeletedMeanwhile?: IsDeletedMeanwhile
}

/**
 * Opens the copy of a store in a folder, and checks it. Its files are those in the folder, unless they
 * are elsewhere: beside the original, or in a bucket, which no copy of a folder has.
 */
export async function checkFolder(folder: string, options: FolderOptions): Promise<Finding[]> {
  const store = recoverStore(
    openStore({ dataDir: folder, database: { path: join(folder, DATABASE_NAME) } }),
    options,
  )
  try {
    const { sqlite } = store.database
    return await checkStore({
      sqlite,
      engine: store.engine,
      fileStore: options.fileStore ?? createDiskFileStore(join(folder, 'files')),
      isDeletedMeanwhile: options.isDeletedMeanwhile,
    })
  } finally {
    await store.close()
  }
}
