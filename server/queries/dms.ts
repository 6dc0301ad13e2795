/** Reads the direct-message threads of a person, and who is in them. */
import { sql } from 'kysely'
import { z } from 'zod'
import type { Dm, Participant } from '../../shared/api/dms.ts'
import { AppError } from '../../shared/errors.ts'
import type { ThreadId, UserId } from '../../shared/ids.ts'
import type { Database } from '../database/open-database.ts'
import { prepareOnce } from '../database/prepare-once.ts'
import { parseCursor, toPage } from './cursor.ts'
import { withLastMessages } from './last-messages.ts'
import { readingOf, readReadings } from './reading.ts'

const positionSchema = z.tuple([z.literal('dms'), z.number(), z.number(), z.string()])

function selectDms({ kysely }: Database, userId: UserId) {
  return kysely
    .selectFrom('direct_message_threads as thread')
    .innerJoin('direct_message_participants as mine', 'mine.thread_id', 'thread.id')
    .where('mine.user_id', '=', userId)
    .select((builder) => [
      'thread.id',
      'thread.created_at as createdAt',
      'thread.last_message_at as lastMessageAt',
      'thread.newest_segment as newestSegment',
      'mine.muted',
      'mine.notify_level as notifyLevel',
      'mine.archived_at as archivedAt',
      builder
        .selectFrom('direct_message_participants as participant')
        .whereRef('participant.thread_id', '=', 'thread.id')
        .select(({ fn }) => fn<string>('json_group_array', ['participant.user_id']).as('ids'))
        .$asScalar()
        .$notNull()
        .as('participantIds'),
    ])
}

type DmRow = Awaited<ReturnType<ReturnType<typeof selectDms>['execute']>>[number]

function toDms({ sqlite }: Database, userId: UserId, rows: readonly DmRow[]): Dm[] {
  const ids = rows.map(({ id }) => id)
  const readings = readReadings(sqlite, 'dm', userId, ids)
  const withLast = withLastMessages(sqlite, 'dm', rows)
  return withLast.map(({ participantIds, muted, archivedAt, ...row }) => {
    const { id, createdAt, lastMessageAt, newestSegment, notifyLevel, lastMessage } = row
    const reading = readings.get(id)
    const hasNews = archivedAt !== null && (reading?.newestArrivalAt ?? 0) > archivedAt
    return {
      ...{ id, createdAt, lastMessageAt, newestSegment, notifyLevel, lastMessage },
      ...readingOf(reading),
      participantIds: z.array(z.custom<UserId>()).parse(JSON.parse(participantIds)),
      muted: muted === 1,
      archivedAt: hasNews ? null : archivedAt,
    }
  })
}

/**
 * The reader's threads, those with the newest messages first. Messages move threads while one turns the
 * pages, so a cursor holds which message was the last one to come before the first page: on all pages
 * threads stand where they stood then.
 */
export async function listDms(
  database: Database,
  userId: UserId,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ dms: Dm[]; nextCursor: string | null }> {
  const position = cursor === undefined ? undefined : parseCursor(positionSchema, cursor)
  const begunAfter = position?.[1] ?? readLastMessageNumber(database)
  const stoodAt = position === undefined ? sql<number>`${LAST}` : stoodAtSql(begunAfter)
  let query = selectDms(database, userId)
    .select(stoodAt.as('stoodAt'))
    .orderBy('stoodAt', 'desc')
    .orderBy('thread.id')
  if (position !== undefined) {
    const [, , time, id] = position
    query = query.where(
      sql<boolean>`(${stoodAt} < ${time} OR (${stoodAt} = ${time} AND thread.id > ${id}))`,
    )
  }
  const page = toPage(await query.limit(limit + 1).execute(), limit, (row) => [
    ...['dms', begunAfter, row.stoodAt],
    row.id,
  ])
  return { dms: toDms(database, userId, page.rows), nextCursor: page.nextCursor }
}

const LAST = sql`coalesce(thread.last_message_at, 0)`

/** When the last message of a thread was written, of those that came up to a certain one. */
function stoodAtSql(begunAfter: number) {
  return sql<number>`CASE
    WHEN thread.id IN (SELECT thread_id FROM direct_messages WHERE rowid > ${begunAfter})
    THEN coalesce((SELECT created_at FROM direct_messages AS said
      WHERE said.thread_id = thread.id AND said.rowid <= ${begunAfter}
      ORDER BY said.created_at DESC LIMIT 1), 0)
    ELSE ${LAST} END`
}

/** Rows are numbered as they come. */
function readLastMessageNumber({ sqlite }: Database): number {
  return (
    sqlite
      .prepare<[], { number: number | null }>('SELECT max(rowid) AS number FROM direct_messages')
      .get()?.number ?? 0
  )
}

/** One thread; throws `not_found` also for somebody who is not in it. */
export async function getDm(database: Database, userId: UserId, threadId: ThreadId): Promise<Dm> {
  const row = await selectDms(database, userId).where('thread.id', '=', threadId).executeTakeFirst()
  const [dm] = toDms(database, userId, row === undefined ? [] : [row])
  if (dm === undefined) throw new AppError('not_found')
  return dm
}

/** Who is in a thread, the longest there first; the caller has checked that the asker is. */
export function listParticipants({ sqlite }: Database, threadId: ThreadId): Participant[] {
  return prepareOnce<[string], Participant>(
    sqlite,
    `SELECT user_id AS userId, joined_at AS joinedAt FROM direct_message_participants
     WHERE thread_id = ? ORDER BY joined_at, user_id`,
  ).all(threadId)
}
