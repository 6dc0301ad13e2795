/** Times in records: integer milliseconds UTC since 1970. */
import { z } from 'zod'

/** Latest time that JavaScript's `Date` can hold; a larger one would break every formatter. */
const MAX_TIME = 8_640_000_000_000_000

export const timeSchema = z.int().min(0).max(MAX_TIME).describe('Milliseconds UTC.')
