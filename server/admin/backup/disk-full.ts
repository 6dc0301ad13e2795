/** Tells whether a command failed since there was no room for what it wrote. */
import { isStorageFull } from '../../database/open-database.ts'

/** No space, a quota, or the largest file that this process may write. */
const CODES: unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG']

export function isDiskFull(error: unknown): boolean {
  if (isStorageFull(error)) return true
  if (!(error instanceof Error)) return false
  return ('code' in error && CODES.includes(error.code)) || isDiskFull(error.cause)
}
