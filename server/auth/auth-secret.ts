/** The secret that signs cookies: from the environment, else made on first start and kept. */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { createSecretFile } from '../config/secret-file.ts'

const SECRET_BYTES = 48

/** Answers the secret; throws when the kept one was emptied or cut. */
export function readAuthSecret({
  auth,
  dataDir,
}: Pick<Config, 'dataDir'> & { auth: Pick<Config['auth'], 'secret'> }): string {
  if (auth.secret !== undefined) return auth.secret.reveal()
  const path = join(dataDir, 'auth-secret')
  if (!existsSync(path)) {
    createSecretFile(path, randomBytes(SECRET_BYTES).toString('base64url'))
  }
  const secret = readFileSync(path, 'utf8').trim()
  if (secret.length < SECRET_BYTES) {
    throw new Error(
      `${path} holds no whole secret. Restore it, or delete it to sign everybody out.`,
    )
  }
  return secret
}
