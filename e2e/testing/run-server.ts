/** A server of its own for each test, over an empty data directory that goes with the test. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnServer, type ServerProcess } from './server-process.ts'

/** Runs the server for as long as `use` takes; fails when it ended by itself meanwhile. */
export async function withServer(
  use: (server: ServerProcess, dataDir: string) => Promise<void>,
  settings: Readonly<Record<string, string>> = {},
): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'connectnow-'))
  let unexpected: Error | undefined
  try {
    const starting = await spawnServer(dataDir, (error) => (unexpected = error), { settings })
    const server = await starting.listening
    try {
      await use(server, dataDir)
    } catch (error) {
      // Why the server ended says more than what failed without it.
      throw unexpected ?? error
    } finally {
      await server.stop()
    }
  } finally {
    rmSync(dataDir, { recursive: true })
  }
  if (unexpected !== undefined) throw unexpected
}
