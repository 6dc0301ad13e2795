/**
 * A process of its own that stores messages in an empty data directory: by the way that all writes
 * take, or by a plain INSERT of the same rows. Says how long it took, and what is on disk then.
 */
import { Session } from 'node:inspector/promises'
import type { SqliteConnection } from '../../../server/database/open-database.ts'
import { openStoppedEngine } from '../../../server/import/stopped-writer.ts'
import { writeDirectory } from '../../../server/import/write-directory.ts'
import { loadConfig } from '../../../server/config/config.ts'
import { openStore } from '../../../server/open-store.ts'
import { messageRow } from '../../../server/projection/project-message.ts'
import { formatConversationName } from '../../../shared/document/names.ts'
import { accessTo } from '../../../shared/guard/actor.ts'
import * as Y from 'yjs'
import { inventHistory } from '../history/bench-history.ts'
import { readLoadTexts } from '../load-texts.ts'
import { writeAsPeople, type WrittenMessage } from './people-write.ts'
import { storeTaskSchema, type StoreAnswer } from './store-task.ts'
import { profileSchema, summariseProfile } from './summarise-profile.ts'

const task = storeTaskSchema.parse(JSON.parse(process.argv[2] ?? ''))
const history = inventHistory([task.messages], readLoadTexts().texts)
const messages = writeAsPeople(history)
const [channel] = history.channels
if (channel === undefined) throw new Error('There is no channel')
const conversation = { kind: 'channel', id: channel.id } as const
const store = openStore(loadConfig(process.env))
const { sqlite } = store.database
if (task.way === 'connectnow-leaving') sqlite.pragma('secure_delete = OFF')
writeDirectory(
  sqlite,
  {
    people: history.people.map((id) => ({
      ...{ id, name: 'Author', displayName: null, email: null, bio: null },
      isDeactivated: false,
      isGuest: false,
    })),
    channels: [
      {
        ...{ id: channel.id, slug: channel.slug, name: channel.slug, description: null },
        ...{ type: 'PUBLIC', createdBy: undefined, createdAt: 0, isArchived: false },
        memberIds: [...history.people],
      },
    ],
    threads: [],
  },
  Date.now(),
)
const batches = Array.from({ length: Math.ceil(messages.length / task.batch) }, (_, index) =>
  messages.slice(index * task.batch, (index + 1) * task.batch),
)
const work = task.way.startsWith('connectnow') ? storeByAdmission : storePlainly
const session = new Session()
if (task.isProfiled) {
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.start')
}
const cpuBefore = process.cpuUsage()
const startedAt = performance.now()
await work(batches)
const ms = performance.now() - startedAt
const { user, system } = process.cpuUsage(cpuBefore)
const profile = task.isProfiled
  ? summariseProfile(profileSchema.parse((await session.post('Profiler.stop')).profile))
  : undefined
const { count } = sqlite
  .prepare<[], { count: number }>('SELECT count(*) AS count FROM messages')
  .get() ?? { count: 0 }
sqlite.pragma('wal_checkpoint(TRUNCATE)')
const answer: StoreAnswer = {
  ...{ ms, cpuMs: (user + system) / 1_000, stored: count, tables: readTables(sqlite) },
  ...(profile && { profile }),
}
await store.close()
process.stdout.write(JSON.stringify(answer))

/** Each batch is what the sockets bring within one turn of the event loop. */
async function storeByAdmission(all: readonly WrittenMessage[][]): Promise<void> {
  const engine = openStoppedEngine(sqlite, Date.now)
  const access = accessTo({
    ...{ kind: 'channel', isPublic: true, isArchived: false },
    posting: 'EVERYONE',
    ...{ workspaceRole: 'MEMBER', channelRole: 'MEMBER' },
  })
  const live = new Map<string, Y.Doc>()
  const open = (segment: number): string => {
    const name = formatConversationName(conversation, segment)
    if (live.has(name)) return name
    for (const [filled, document] of live) {
      engine.storeSnapshot(filled)
      document.destroy()
      live.delete(filled)
    }
    const document = new Y.Doc()
    engine.documents.register(name, document, 0)
    engine.segments.add(conversation, segment)
    live.set(name, document)
    return name
  }
  for (const batch of all) {
    await Promise.all(
      batch.map(({ record: { authorId }, segment, update }) =>
        engine.admission.admit({
          documentName: open(segment),
          update,
          actor: { kind: 'person', userId: authorId, access },
          writer: 'person',
        }),
      ),
    )
  }
  for (const name of live.keys()) engine.storeSnapshot(name)
  engine.close()
}

/** The rows that the projection would write, and nothing else. */
function storePlainly(all: readonly WrittenMessage[][]): Promise<void> {
  if (task.way === 'plain') dropIndexes(sqlite)
  const rowOf = ({ id, record, segment }: WrittenMessage) =>
    messageRow({ conversation, segment, id, record, receivedAt: record.createdAt })
  const [first] = messages
  if (first === undefined) return Promise.resolve()
  const columns = Object.keys(rowOf(first))
  const insert = sqlite.prepare(
    `INSERT INTO messages (${columns.join(', ').replace('owner_id', 'channel_id')})
     VALUES (${columns.map((column) => `@${column}`).join(', ')})`,
  )
  const insertAll = sqlite.transaction((batch: readonly WrittenMessage[]) => {
    for (const message of batch) insert.run(rowOf(message))
  })
  for (const batch of all) insertAll(batch)
  return Promise.resolve()
}

/** Those that a primary key needs stay. */
function dropIndexes(connection: SqliteConnection): void {
  const indexes = connection
    .prepare<[], { name: string }>(
      `SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'messages' AND sql IS NOT NULL`,
    )
    .all()
  for (const { name } of indexes) connection.exec(`DROP INDEX ${name}`)
}

function readTables(connection: SqliteConnection): StoreAnswer['tables'] {
  return connection
    .prepare<[], StoreAnswer['tables'][number]>(
      `SELECT schema.tbl_name AS "table", schema.type = 'index' AS isIndex, sum(stat.pgsize) AS bytes
       FROM dbstat AS stat JOIN sqlite_schema AS schema ON schema.name = stat.name
       GROUP BY 1, 2 ORDER BY 3 DESC`,
    )
    .all()
}
