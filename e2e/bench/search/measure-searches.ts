/**
 * A process of its own that makes a store full of messages and its search index, and times searches
 * as the server's thread for them does, beside plain FTS5 on the same rows.
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '../../../server/config/config.ts'
import { openReadOnly } from '../../../server/database/open-database.ts'
import { openStore } from '../../../server/open-store.ts'
import { completeSearchIndex } from '../../../server/projection/complete-search-index.ts'
import { searchMessages } from '../../../server/queries/search/search-messages.ts'
import { searchMessagesQuerySchema } from '../../../shared/api/search.ts'
import type { UserId } from '../../../shared/ids.ts'
import { readHistory } from '../history/read-history.ts'
import { percentile } from '../percentile.ts'
import { chooseQueries, type BenchQuery } from './choose-queries.ts'
import { searchTaskSchema, type SearchAnswer } from './search-task.ts'
import { writeStore } from './write-store.ts'

const { messages: limit, searches } = searchTaskSchema.parse(JSON.parse(process.argv[2] ?? ''))
const config = loadConfig(process.env)
const store = openStore(config)
const { sqlite } = store.database
const history = await readHistory(limit)
const messages = writeStore(sqlite, history, limit)

const plainPath = join(config.dataDir, 'plain.db')
const indexMs = timed(() => completeSearchIndex(sqlite))
sqlite.exec(`ATTACH '${plainPath}' AS plain`)
const plainIndexMs = timed(() =>
  sqlite.exec(`BEGIN; CREATE VIRTUAL TABLE plain.plain_texts USING fts5 (content, content = '');
    INSERT INTO plain_texts (rowid, content) SELECT rowid, content FROM messages; COMMIT`),
)
const { bytes: indexBytes } = sqlite
  .prepare<[], { bytes: number }>(
    `SELECT sum(pgsize) AS bytes FROM dbstat
     WHERE name LIKE 'search%' OR name LIKE 'sqlite_autoindex_search%'`,
  )
  .get() ?? { bytes: Number.NaN }
const queries = chooseQueries(sqlite, searches)
sqlite.exec('DETACH plain; PRAGMA wal_checkpoint(TRUNCATE)')
await store.close()

const reader = openReadOnly(config.database.path)
reader.exec(`ATTACH '${plainPath}' AS plain`)
const [reading] = history.people
if (reading === undefined) throw new Error('Nobody searches')
const answer: SearchAnswer = {
  ...{ messages, indexMs, plainIndexMs, indexBytes },
  plainIndexBytes: statSync(plainPath).size,
  kinds: [...queries].map(([kind, asked]) => ({
    kind,
    ours: timeAll(asked, ({ typed }) => searchOurs(reading, typed)),
    plain: timeAll(asked, searchPlain),
  })),
  queries: [...queries.values()].flatMap((asked) => asked.map(({ typed }) => typed)),
}
reader.close()
process.stdout.write(JSON.stringify(answer))

function searchOurs(userId: UserId, typed: string): void {
  const query = searchMessagesQuerySchema.parse({ q: typed })
  searchMessages(reader, { userId, query, now: Date.now(), timeLimitMs: 60_000 })
}

/** The twenty best and how many there are, which is what a page of results tells. */
function searchPlain({ plain, channelId }: BenchQuery): void {
  const hits = `SELECT m.id, m.content, m.created_at FROM plain_texts
    JOIN messages AS m ON m.rowid = plain_texts.rowid WHERE plain_texts MATCH ?`
  if (channelId === undefined) reader.prepare(`${hits} ORDER BY rank LIMIT 20`).all(plain)
  else {
    reader.prepare(`${hits} AND m.channel_id = ? ORDER BY rank LIMIT 20`).all(plain, channelId)
  }
}

function timeAll(asked: readonly BenchQuery[], search: (query: BenchQuery) => void) {
  for (const query of asked.slice(0, 5)) search(query)
  const times = Float64Array.from(asked, (query) => timed(() => search(query))).sort()
  return { p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) }
}

function timed(work: () => unknown): number {
  const start = performance.now()
  work()
  return performance.now() - start
}
