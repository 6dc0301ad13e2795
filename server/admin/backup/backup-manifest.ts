/** What stands in a backup beside the data: which files belong to it, so that a damaged one is known. */
import { z } from 'zod'

export const MANIFEST_NAME = 'backup.json'
/** In the archive, what was in the data directory is in this folder. */
export const DATA_PREFIX = 'data/'

const fileSchema = z.strictObject({
  /** Within the data directory, with `/` between folders. */
  path: z.string().min(1),
  sizeBytes: z.int().min(0),
  sha256: z.string().length(64),
})

export const backupManifestSchema = z.strictObject({
  format: z.literal(1),
  /** ms UTC */
  madeAt: z.int(),
  files: z.array(fileSchema),
})

export type BackupManifest = z.infer<typeof backupManifestSchema>
