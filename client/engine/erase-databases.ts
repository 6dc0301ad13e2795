/** Deletes what one person has in this browser's IndexedDB. */
import { deleteDB } from 'idb'

/** Deletes every database whose name begins like this. */
export async function eraseDatabases(prefix: string): Promise<void> {
  const databases = await indexedDB.databases()
  await Promise.all(
    databases
      .flatMap(({ name }) => (name?.startsWith(prefix) === true ? [name] : []))
      .map((name) => deleteDB(name)),
  )
}
