/** Lists what a flydrive driver keeps in one shard, a page at a time. */
import type { DriverContract } from 'flydrive/types'
import type { StoredObject } from './file-store.ts'

export async function* listShard(
  driver: DriverContract,
  shard: string,
): AsyncGenerator<StoredObject> {
  let paginationToken: string | undefined
  do {
    const options = paginationToken === undefined ? {} : { paginationToken }
    const page = await driver.listAll(shard, options)
    for (const found of page.objects) {
      if (!found.isFile) continue
      const { lastModified } = await driver.getMetaData(found.key)
      yield { key: found.key, modifiedAt: lastModified.getTime() }
    }
    paginationToken = page.paginationToken
  } while (paginationToken !== undefined)
}
