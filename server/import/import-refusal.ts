/**
 * Why an archive is not imported at all, as a closed list. Unlike a fault, which concerns one file
 * or one message and may be left out, a refusal cannot be overruled: such an archive was either
 * made to do harm or is no export.
 */

export const refusalReasons = [
  'not_found',
  'not_a_zip_archive',
  'too_many_entries',
  'unsafe_path',
  'not_a_plain_file',
  'encrypted_entry',
  'duplicate_name',
  'unknown_compression',
  'entry_too_large',
  'archive_too_large',
  'compression_bomb',
  'false_size',
  'not_an_export',
  'damaged_file',
] as const

export type RefusalReason = (typeof refusalReasons)[number]

/** An archive that nothing is imported from; `message` says it in a sentence. */
export class ImportRefusal extends Error {
  override readonly name = 'ImportRefusal'
  readonly reason: RefusalReason

  constructor(reason: RefusalReason, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.reason = reason
  }
}
