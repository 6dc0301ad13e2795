/**
 * Small facts that this browser keeps between sessions: the generation of the server's store, how
 * long each conversation's chain is, and which of its segments have been copied.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'

export interface Facts {
  get: (name: string) => number | undefined
  set: (name: string, value: number) => void
  /** Forgets everything. */
  clear: () => void
  close: () => Promise<void>
}

interface FactsSchema extends DBSchema {
  facts: { key: string; value: number }
}

export async function openFacts(
  databaseName: string,
  onStorageFailure: (error: unknown) => void,
): Promise<Facts> {
  const database = await openStore(databaseName).catch((error: unknown) => {
    onStorageFailure(error)
    return undefined
  })
  const known = await readAll(database)
  let lastWrite: Promise<unknown> = Promise.resolve()
  return {
    get: (name) => known.get(name),
    set(name, value) {
      if (known.get(name) === value) return
      known.set(name, value)
      lastWrite = lastWrite.then(() => database?.put('facts', value, name)).catch(onStorageFailure)
    },
    clear() {
      known.clear()
      lastWrite = lastWrite.then(() => database?.clear('facts')).catch(onStorageFailure)
    },
    async close() {
      await lastWrite
      database?.close()
    },
  }
}

async function openStore(databaseName: string): Promise<IDBPDatabase<FactsSchema>> {
  return openDB<FactsSchema>(databaseName, 1, {
    upgrade: (opened) => void opened.createObjectStore('facts'),
    // Another tab erases this person's data: do not stand in its way.
    blocking: (_current, _next, { target }) => {
      if (target instanceof IDBDatabase) target.close()
    },
  })
}

async function readAll(
  database: IDBPDatabase<FactsSchema> | undefined,
): Promise<Map<string, number>> {
  if (database === undefined) return new Map()
  const [names, values] = await Promise.all([
    database.getAllKeys('facts'),
    database.getAll('facts'),
  ])
  return new Map(names.flatMap((name, index) => pair(name, values[index])))
}

function pair(name: string, value: number | undefined): [string, number][] {
  return value === undefined ? [] : [[name, value]]
}
