/** Keeps files in a bucket of any store that speaks S3, through flydrive; ranges by its client. */
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { S3Driver } from 'flydrive/drivers/s3'
import type { S3Config } from '../config/files-config.ts'
import { listShard } from './drive-listing.ts'
import type { FileStore } from './file-store.ts'

export function createS3FileStore(config: S3Config): FileStore {
  const { bucket, endpoint, region, credentials, isPathStyle } = config
  const client = new S3Client({
    region,
    forcePathStyle: isPathStyle,
    // Many stores do not know the checksums that the client would otherwise send; ours is in the row.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && {
      credentials: {
        accessKeyId: credentials.accessKeyId,
        secretAccessKey: credentials.secretAccessKey.reveal(),
      },
    }),
  })
  const driver = new S3Driver({ client, bucket, visibility: 'private', supportsACL: false })
  return {
    async put(key, path, contentLength) {
      const contentType = 'application/octet-stream'
      await driver.putStream(key, createReadStream(path), { contentLength, contentType })
    },
    async read(key, range) {
      const Range = range && `bytes=${range.start}-${range.end}`
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range }))
      if (!(Body instanceof Readable)) throw new Error(`The store answered no stream for ${key}`)
      return Body
    },
    remove: (key) => driver.delete(key),
    list: (shard) => listShard(driver, shard),
  }
}
