/** A server that speaks S3, on loopback, with one bucket of its own; for tests. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import S3rver from 's3rver'
import type { S3Config } from '../config/files-config.ts'
import { createSecret } from '../config/secret.ts'

export interface S3Server {
  config: S3Config
  close: () => Promise<void>
}

const BUCKET = 'connectnow-files'
/** The one key that s3rver knows. */
const KEY = 'S3RVER'

export async function startS3Server(): Promise<S3Server> {
  const directory = mkdtempSync(join(tmpdir(), 'connectnow-s3-'))
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: BUCKET }],
  })
  const { port } = await server.run()
  return {
    config: {
      bucket: BUCKET,
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: KEY, secretAccessKey: createSecret(KEY) },
      isPathStyle: true,
    },
    async close() {
      await server.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
