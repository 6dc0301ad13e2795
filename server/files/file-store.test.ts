import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createDiskFileStore } from './disk-file-store.ts'
import { describeFileStore } from './file-store.contract.ts'
import { createS3FileStore } from './s3-file-store.ts'
import { startS3Server } from '../testing/s3-server.ts'

describeFileStore('on disk', (folder) => {
  mkdirSync(join(folder, 'files'))
  return Promise.resolve({
    store: createDiskFileStore(join(folder, 'files')),
    close: () => Promise.resolve(),
  })
})

describeFileStore('in a bucket', async () => {
  const { config, close } = await startS3Server()
  return { store: createS3FileStore(config), close }
})
