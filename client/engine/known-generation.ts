/**
 * The generation of the server's store that this browser last synced with, kept on disk: another
 * one means that the store was restored from a backup while this browser was away.
 */
import { openDB, type DBSchema } from 'idb'

export interface KnownGeneration {
  /** Takes note of the server's generation; true when this browser knew another one before. */
  isAnother: (generation: number) => Promise<boolean>
  close: () => void
}

interface FactsSchema extends DBSchema {
  facts: { key: string; value: number }
}

export async function openKnownGeneration(
  databaseName: string,
  onStorageFailure: (error: unknown) => void,
): Promise<KnownGeneration> {
  const database = await openDB<FactsSchema>(databaseName, 1, {
    upgrade: (opened) => void opened.createObjectStore('facts'),
    // Another tab erases this person's data: do not stand in its way.
    blocking: (_current, _next, { target }) => {
      if (target instanceof IDBDatabase) target.close()
    },
  }).catch((error: unknown) => {
    onStorageFailure(error)
    return undefined
  })
  let known = await database?.get('facts', 'generation')
  return {
    async isAnother(generation) {
      const before = known
      known = generation
      if (before !== generation) {
        await database?.put('facts', generation, 'generation').catch(onStorageFailure)
      }
      return before !== undefined && before !== generation
    },
    close: () => database?.close(),
  }
}
