/** How much an archive may hold. Sizes are enforced on the bytes that were really inflated. */

export interface ArchiveLimits {
  maxEntries: number
  maxEntryBytes: number
  maxTotalBytes: number
  /** How many times larger than its packed form an entry may become. */
  maxRatio: number
  /** Entries up to this size may have any ratio: a page of repeated lines is no bomb. */
  ratioFreeBytes: number
  maxNameLength: number
}

/**
 * Room for the largest real exports (a file per channel and day). Chat as JSON packs to a tenth or
 * a thirtieth, a bot that repeats itself to a hundredth; deflate cannot pass a thousandth.
 */
export const defaultArchiveLimits: ArchiveLimits = {
  maxEntries: 300_000,
  maxEntryBytes: 200 * 1_048_576,
  maxTotalBytes: 50 * 1_073_741_824,
  maxRatio: 250,
  ratioFreeBytes: 1_048_576,
  maxNameLength: 1_000,
}
