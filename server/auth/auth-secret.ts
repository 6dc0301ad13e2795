/** The secret that signs cookies: from the environment, else made on first start and kept. */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'

const SECRET_BYTES = 48

export function readAuthSecret({ auth, dataDir }: Config): string {
  if (auth.secret !== undefined) return auth.secret
  const path = join(dataDir, 'auth-secret')
  if (!existsSync(path)) {
    writeFileSync(path, randomBytes(SECRET_BYTES).toString('base64url'), {
      mode: 0o600,
      flag: 'wx',
    })
  }
  return readFileSync(path, 'utf8').trim()
}
