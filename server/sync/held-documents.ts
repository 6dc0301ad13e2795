/**
 * Keeps documents in memory for server-side writes. A document stays for a while after its last
 * use: closing a direct connection stores the whole document, too dear to do for each write.
 */
import type { DirectConnection, Hocuspocus } from '@hocuspocus/server'
import type { SyncContext } from './sync-session.ts'

export interface HeldDocuments {
  withDocument: <Result>(name: string, use: () => Promise<Result>) => Promise<Result>
  releaseAll: () => Promise<void>
}

interface Held {
  connection: Promise<DirectConnection>
  users: number
  release: NodeJS.Timeout | undefined
}

const KEEP_MS = 10_000

export function createHeldDocuments(hocuspocus: Hocuspocus<SyncContext>): HeldDocuments {
  const held = new Map<string, Held>()

  async function release(name: string, { connection }: Held): Promise<void> {
    held.delete(name)
    await (await connection).disconnect()
  }

  return {
    async withDocument(name, use) {
      const entry: Held = held.get(name) ?? {
        connection: hocuspocus.openDirectConnection(name),
        users: 0,
        release: undefined,
      }
      held.set(name, entry)
      entry.users += 1
      clearTimeout(entry.release)
      try {
        await entry.connection
      } catch (error) {
        // A document that could not be loaded is loaded anew by the next write.
        if (held.get(name) === entry) held.delete(name)
        throw error
      }
      try {
        return await use()
      } finally {
        entry.users -= 1
        if (entry.users === 0 && held.get(name) === entry) {
          entry.release = setTimeout(() => void release(name, entry), KEEP_MS)
          entry.release.unref()
        }
      }
    },
    async releaseAll() {
      await Promise.all(
        [...held].map(([name, entry]) => {
          clearTimeout(entry.release)
          return release(name, entry)
        }),
      )
    },
  }
}
