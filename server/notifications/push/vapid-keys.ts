/** The keys by which push services know this server: made on the first start and kept. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import webPush from 'web-push'
import { z } from 'zod'
import { createSecretFile } from '../../config/secret-file.ts'
import { createSecret, type Secret } from '../../config/secret.ts'

export interface VapidKeys {
  publicKey: string
  privateKey: Secret
}

const keysSchema = z.strictObject({ publicKey: z.string().min(80), privateKey: z.string().min(40) })

/** Throws when the kept keys were emptied or damaged: with others no browser could be reached. */
export function readVapidKeys({ dataDir }: { dataDir: string }): VapidKeys {
  const path = join(dataDir, 'vapid-keys')
  if (!existsSync(path)) createSecretFile(path, JSON.stringify(webPush.generateVAPIDKeys()))
  const { publicKey, privateKey } = parseKeys(path)
  return { publicKey, privateKey: createSecret(privateKey) }
}

function parseKeys(path: string): z.infer<typeof keysSchema> {
  try {
    return keysSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    throw new Error(
      `${path} holds no whole keys. Restore it, or delete it: every browser has to subscribe anew.`,
      { cause },
    )
  }
}
