/** Secrets that are made on the first start and kept in the data directory. */
import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Writes a secret for this account's eyes alone. Written beside and then linked, so that a crash on
 * the way leaves no half secret behind. Throws when there is one already.
 */
export function createSecretFile(path: string, secret: string): void {
  mkdirSync(dirname(path), { recursive: true })
  const draft = `${path}.${process.pid}`
  rmSync(draft, { force: true })
  writeFileSync(draft, secret, { mode: 0o600, flush: true })
  try {
    linkSync(draft, path)
  } finally {
    rmSync(draft)
  }
}
