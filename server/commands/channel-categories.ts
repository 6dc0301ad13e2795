/** Makes, renames, moves and deletes categories. Their channels stay, outside of all categories. */
import type { z } from 'zod'
import {
  MAX_CATEGORIES,
  type createCategoryRequestSchema,
  type updateCategoryRequestSchema,
} from '../../shared/api/channel-categories.ts'
import { AppError } from '../../shared/errors.ts'
import type { CategoryId } from '../../shared/ids.ts'
import { audit } from './audit.ts'
import { placeCategory } from './arrange-channels.ts'
import { newId, requireRight, type CommandContext, type Commander } from './command-context.ts'

/** Answers the category's id. Throws `forbidden`, and `conflict` when there are too many. */
export function createCategory(
  context: CommandContext,
  commander: Commander,
  { name, position }: z.output<typeof createCategoryRequestSchema>,
): CategoryId {
  const { sqlite } = context.database
  requireRight(commander, 'arrangeChannels')
  const id = newId<CategoryId>(context)
  sqlite.transaction(() => {
    const counted = sqlite
      .prepare<[], { count: number }>('SELECT count(*) AS count FROM channel_categories')
      .get()
    if (counted && counted.count >= MAX_CATEGORIES) {
      throw new AppError('conflict', { message: `There are ${MAX_CATEGORIES} categories already` })
    }
    sqlite
      .prepare(
        'INSERT INTO channel_categories (id, name, position, created_at) VALUES (?, ?, 0, ?)',
      )
      .run(id, name, context.now())
    placeCategory(sqlite, id, position)
    audit(context, commander, { ...deedOf('category.created', id), details: { name } })
  })()
  announce(context)
  return id
}

/** Throws `forbidden`, `not_found`. */
export function updateCategory(
  context: CommandContext,
  commander: Commander,
  { id, changes }: { id: CategoryId; changes: z.output<typeof updateCategoryRequestSchema> },
): void {
  const { sqlite } = context.database
  const { name, position } = changes
  requireRight(commander, 'arrangeChannels')
  sqlite.transaction(() => {
    const { changes: found } = sqlite
      .prepare('UPDATE channel_categories SET name = coalesce(?, name) WHERE id = ?')
      .run(name ?? null, id)
    if (found === 0) throw new AppError('not_found')
    if (position !== undefined) placeCategory(sqlite, id, position)
    audit(context, commander, {
      ...deedOf('category.updated', id),
      details: { name: name ?? null, position: position ?? null },
    })
  })()
  announce(context)
}

/** Throws `forbidden`, `not_found`. */
export function deleteCategory(
  context: CommandContext,
  commander: Commander,
  id: CategoryId,
): void {
  const { sqlite } = context.database
  requireRight(commander, 'arrangeChannels')
  sqlite.transaction(() => {
    const { changes } = sqlite.prepare('DELETE FROM channel_categories WHERE id = ?').run(id)
    if (changes === 0) throw new AppError('not_found')
    audit(context, commander, deedOf('category.deleted', id))
  })()
  announce(context)
}

function deedOf(
  action: 'category.created' | 'category.updated' | 'category.deleted',
  entityId: CategoryId,
) {
  return { action, entityType: 'category', entityId } as const
}

function announce({ notifier }: CommandContext): void {
  notifier.publish('everyone', { topic: 'channels' })
}
