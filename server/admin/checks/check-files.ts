/** Rows of uploaded files against their bytes in the file store, all of which are read. */
import { verifyFiles } from '../../files/verify-files.ts'
import type { StoreCheck } from '../store-check.ts'

const CHECK = 'files'

export const checkFiles: StoreCheck = {
  name: CHECK,
  async run({ sqlite, fileStore }) {
    const differences = await verifyFiles(sqlite, fileStore)
    return differences.map(({ id, problem }) => ({
      check: CHECK,
      place: `file ${id}`,
      problem: problem === 'missing' ? 'is not in the file store' : 'is not what was uploaded',
    }))
  },
}
