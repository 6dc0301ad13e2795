/**
 * Categories and the order of channels in them. A move says which place to take; what stands there
 * and behind moves back, and everything is numbered anew in the same transaction. So two people who
 * move things at once both get the place that they asked for, and nothing else changes its order.
 */
import type { CategoryId, ChannelId } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'

/** Moves a channel to a place in a category (null: outside of all); without one, to its end. */
export function placeChannel(
  sqlite: SqliteConnection,
  channelId: ChannelId,
  { categoryId, position }: { categoryId: CategoryId | null; position: number | undefined },
): void {
  const others = sqlite
    .prepare<{ categoryId: string | null; channelId: string }, { id: string }>(
      `SELECT id FROM channels WHERE category_id IS @categoryId AND id <> @channelId
       ORDER BY position, slug`,
    )
    .all({ categoryId, channelId })
    .map(({ id }) => id)
  sqlite.prepare('UPDATE channels SET category_id = ? WHERE id = ?').run(categoryId, channelId)
  numberAnew(sqlite, 'channels', others.toSpliced(position ?? others.length, 0, channelId))
}

/** Moves a category to a place among the categories; without one, to their end. */
export function placeCategory(
  sqlite: SqliteConnection,
  categoryId: CategoryId,
  position: number | undefined,
): void {
  const others = sqlite
    .prepare<[string], { id: string }>(
      'SELECT id FROM channel_categories WHERE id <> ? ORDER BY position, id',
    )
    .all(categoryId)
    .map(({ id }) => id)
  const order = others.toSpliced(position ?? others.length, 0, categoryId)
  numberAnew(sqlite, 'channel_categories', order)
}

function numberAnew(
  sqlite: SqliteConnection,
  table: 'channels' | 'channel_categories',
  ids: readonly string[],
): void {
  const update = sqlite.prepare(
    `UPDATE ${table} SET position = @position WHERE id = @id AND position <> @position`,
  )
  for (const [position, id] of ids.entries()) update.run({ position, id })
}
