/** Rows of uploaded files against the messages that brought them, and their bytes, all of which are read. */
import { verifyFiles, type FileDifference } from '../../files/verify-files.ts'
import type { StoreCheck } from '../store-check.ts'

const CHECK = 'files'
const problems: Record<FileDifference['problem'], string> = {
  missing: 'is not in the file store',
  damaged: 'is not what was uploaded',
  'no-thumbnail': 'has no thumbnail in the file store',
  misplaced: 'is attached to a message that does not name it',
}

export const checkFiles: StoreCheck = {
  name: CHECK,
  async run({ sqlite, fileStore, isDeletedMeanwhile = () => false }) {
    const differences = await verifyFiles(sqlite, fileStore)
    const standing = differences.filter(({ id }) => !isDeletedMeanwhile(id))
    return standing.map(({ id, problem }) => ({
      check: CHECK,
      place: `file ${id}`,
      problem: problems[problem],
    }))
  },
}
