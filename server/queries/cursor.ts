/**
 * Opaque cursors: the name of the list and the sort key of the row where a page ended, so they stay valid
 * as rows arrive and are good for no other list.
 */
import type { z } from 'zod'
import { AppError } from '../../shared/errors.ts'

export function formatCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** Throws AppError `invalid_request` for anything that `formatCursor` did not make. */
export function parseCursor<Schema extends z.ZodType>(
  schema: Schema,
  cursor: string,
): z.infer<Schema> {
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
  } catch (cause) {
    throw new AppError('invalid_request', { cause, message: 'The cursor is not valid' })
  }
}

/** Cuts the row too many that was read to see whether there are more. */
export function toPage<Row>(
  rows: readonly Row[],
  limit: number,
  positionOf: (row: Row) => unknown,
): { rows: Row[]; nextCursor: string | null } {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const hasMore = rows.length > limit && last !== undefined
  return { rows: page, nextCursor: hasMore ? formatCursor(positionOf(last)) : null }
}
