/** Why this browser does not keep on its disk what it should, by the errors that IndexedDB gives. */

/**
 * `refused`: it cannot be opened, as in some private windows. `silent`: opening it is not answered.
 * `full`: there is no space. `closed`: the browser closed or emptied it while the page was open.
 * `outdated`: a newer version of the app has changed its layout. `erased`: another window deleted
 * it. After the last two only a reload helps.
 */
export type StorageTrouble = 'refused' | 'silent' | 'full' | 'closed' | 'outdated' | 'erased'

/** The trouble that is told of when there are several: what a person can act on comes first. */
export const troublesByWeight: readonly StorageTrouble[] = [
  'outdated',
  'erased',
  'full',
  'refused',
  'silent',
  'closed',
]

/** Thrown where no error of the browser's own says what happened. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly trouble: StorageTrouble

  constructor(trouble: StorageTrouble, message: string) {
    super(message)
    this.trouble = trouble
  }
}

/** What an error means that came while the database was being opened, or later. */
export function troubleOf(error: unknown, isOpening: boolean): StorageTrouble {
  if (error instanceof StorageError) return error.trouble
  const name = error instanceof Error || error instanceof DOMException ? error.name : undefined
  if (name === 'QuotaExceededError') return 'full'
  if (name === 'VersionError') return 'outdated'
  return isOpening ? 'refused' : 'closed'
}
