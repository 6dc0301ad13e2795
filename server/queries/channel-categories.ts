/** Reads the categories under which channels stand. */
import type { Category } from '../../shared/api/channel-categories.ts'
import { AppError } from '../../shared/errors.ts'
import { mayInWorkspace } from '../../shared/guard/permissions.ts'
import type { CategoryId } from '../../shared/ids.ts'
import type { Database } from '../database/open-database.ts'
import type { Reader } from './channels.ts'

function selectCategories({ kysely }: Database) {
  return kysely
    .selectFrom('channel_categories')
    .select(['id', 'name', 'position', 'created_at as createdAt'])
}

/** All categories in order; to those who may see no public channels, those of their own channels. */
export function listCategories(database: Database, { userId, role }: Reader): Promise<Category[]> {
  const query = selectCategories(database).orderBy('position').orderBy('id')
  if (mayInWorkspace(role, 'seePublicChannels')) return query.execute()
  return query
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('channels')
          .innerJoin('channel_members as mine', 'mine.channel_id', 'channels.id')
          .select('channels.id')
          .whereRef('channels.category_id', '=', 'channel_categories.id')
          .where('mine.user_id', '=', userId),
      ),
    )
    .execute()
}

/** One category; throws `not_found`. */
export async function getCategory(database: Database, id: CategoryId): Promise<Category> {
  const row = await selectCategories(database).where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw new AppError('not_found')
  return row
}
