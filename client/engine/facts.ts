/**
 * Small facts that this browser keeps between sessions: the generation of the server's store, how
 * long each conversation's chain is, and which of its segments have been copied.
 */
import type { DBSchema } from 'idb'
import { z } from 'zod'
import { commit } from './storage/commit.ts'
import { openKeptDatabase } from './storage/kept-database.ts'
import type { StorageMonitor } from './storage/storage-monitor.ts'

export interface Facts {
  get: (name: string) => number | undefined
  set: (name: string, value: number) => void
  all: () => ReadonlyMap<string, number>
  /** Forgets everything. */
  clear: () => void
  close: () => Promise<void>
}

interface FactsSchema extends DBSchema {
  facts: { key: string; value: unknown }
}

const nameSchema = z.string()
const valueSchema = z.number()

export async function openFacts(databaseName: string, monitor: StorageMonitor): Promise<Facts> {
  const known = new Map<string, number>()
  /** What is stored is forgotten, whether it was read or not. */
  let mustClear = false
  const database = openKeptDatabase<FactsSchema>({
    name: databaseName,
    version: 1,
    upgrade: (opened) => void opened.createObjectStore('facts'),
    async read(opened) {
      if (mustClear) return
      const [names, values] = await Promise.all([
        opened.getAllKeys('facts'),
        opened.getAll('facts'),
      ])
      for (const [index, rawName] of names.entries()) {
        const name = nameSchema.safeParse(rawName).data
        const value = valueSchema.safeParse(values[index]).data
        // One that is damaged is not known any more: it will be found out again.
        if (name !== undefined && value !== undefined && !known.has(name)) known.set(name, value)
      }
    },
    async rewrite(opened) {
      const { store, done } = opened.transaction('facts', 'readwrite')
      await commit(
        done,
        ...(mustClear ? [store.clear()] : []),
        ...[...known].map(([name, value]) => store.put(value, name)),
      )
      mustClear = false
    },
    monitor,
  })
  await database.ready
  return {
    get: (name) => known.get(name),
    set(name, value) {
      if (known.get(name) === value) return
      known.set(name, value)
      database.write(async (opened) => {
        const { store, done } = opened.transaction('facts', 'readwrite')
        await commit(done, store.put(value, name))
      })
    },
    all: () => known,
    clear() {
      known.clear()
      mustClear = true
      database.write(async (opened) => {
        const { store, done } = opened.transaction('facts', 'readwrite')
        await commit(done, store.clear())
        mustClear = false
      })
    },
    close: () => database.close(),
  }
}
