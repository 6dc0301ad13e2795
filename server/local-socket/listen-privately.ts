/**
 * Lets a server listen on a socket in the data directory that its own account alone can open: who can
 * open it could read and write the database as well.
 */
import { chmodSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'

/**
 * The socket is made where nobody else may look, and takes its place at `path` when it is private.
 * Throws when the system does not let it listen, as it does where the path is too long.
 */
export async function listenPrivately(
  server: Server,
  dataDir: string,
  path: string,
): Promise<void> {
  const folder = mkdtempSync(join(dataDir, '.s-'))
  try {
    const made = join(folder, 's')
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(made, resolve)
    })
    chmodSync(made, 0o600)
    // Takes the place of one that a crash left behind.
    renameSync(made, path)
  } catch (error) {
    server.close()
    throw error
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
