/**
 * The store's generation: rises with each restore, and never comes back to a number that a browser
 * may have seen, whichever backup is restored how often.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../../database/open-database.ts'
import { readGeneration } from '../../database/read-generation.ts'
import { writeAuditEntry } from '../../database/write-audit-entry.ts'
import { DATABASE_NAME } from '../open-checked-store.ts'

export interface GenerationDeps {
  /** The folder of the restored store. */
  staged: string
  /** The folder of the store that it replaces; there may be none, or a broken one. */
  dataDir: string
  now: number
  /** When the backup was made. */
  madeAt: number
}

/** Answers the new generation, and notes the restore. Closing both stores leaves each in one file. */
export async function raiseGeneration(deps: GenerationDeps): Promise<number> {
  const { staged, dataDir, now, madeAt } = deps
  const replaced = await readReplaced(join(dataDir, DATABASE_NAME))
  const { sqlite, close } = openDatabase(join(staged, DATABASE_NAME))
  try {
    // Seconds: above what any earlier restore of the same backup can have made of it.
    const generation = Math.max(readGeneration(sqlite), replaced, Math.floor(now / 1_000)) + 1
    sqlite.transaction(() => {
      sqlite.prepare('UPDATE store_state SET generation = ?').run(generation)
      writeAuditEntry(sqlite, {
        ...{ action: 'workspace.restored', entityType: 'workspace', entityId: null, actorId: null },
        ...{ at: now, details: { madeAt, generation } },
      })
    })()
    return generation
  } finally {
    await close()
  }
}

async function readReplaced(path: string): Promise<number> {
  if (!existsSync(path)) return 0
  try {
    const { sqlite, close } = openDatabase(path)
    try {
      return readGeneration(sqlite)
    } finally {
      await close()
    }
  } catch {
    return 0 // a store that cannot be read is why one restores
  }
}
