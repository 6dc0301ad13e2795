/**
 * A process of its own that fills an empty data directory with history, by the way that an import
 * takes: guard, journal, projection, segments.
 */
import { loadConfig } from '../../../server/config/config.ts'
import { createStoppedTarget } from '../../../server/import/stopped-target.ts'
import { openStore } from '../../../server/open-store.ts'
import { readLoadTexts } from '../load-texts.ts'
import { inventHistory, type History } from './bench-history.ts'
import { fillTaskSchema } from './fill-data-directory.ts'
import { readHistory } from './read-history.ts'

/** So many at once are in memory, and are looked up in the tables. */
const MESSAGES_A_PART = 20_000

const task = fillTaskSchema.parse(JSON.parse(process.argv[2] ?? ''))
const history = await makeHistory()
const config = loadConfig(process.env)
const store = openStore(config)
const { sqlite } = store.database
const target = createStoppedTarget({ sqlite, now: Date.now, limits: config.limits.segments })
await target.writeDirectory({
  people: history.people.map((id, index) => ({
    id,
    name: `Author ${index}`,
    displayName: null,
    email: null,
    bio: null,
    isDeactivated: false,
    isGuest: false,
  })),
  channels: history.channels.map(({ id, slug }) => ({
    ...{ id, slug, name: slug, description: null, type: 'PUBLIC' },
    ...{ createdBy: undefined, createdAt: 0, isArchived: false, memberIds: [] },
  })),
  threads: [],
})
const { signal } = new AbortController()
let written = 0
for (const { id, messages } of history.channels) {
  for (const part of partsOf(messages())) {
    const imported = part.map(({ id: messageId, record }) => ({
      id: messageId,
      versions: [record] as [typeof record], // one version, where the importer takes several
      reactions: new Map<string, number>(),
    }))
    const { newMessages } = await target.writeHistory({ kind: 'channel', id }, imported, { signal })
    written += newMessages
  }
}
await store.close()
const expected = history.channels.reduce((sum, { count }) => sum + count, 0)
process.stdout.write(JSON.stringify({ expected, written }))

function* partsOf<Value>(values: Iterable<Value>): Generator<Value[]> {
  let part: Value[] = []
  for (const value of values) {
    part.push(value)
    if (part.length < MESSAGES_A_PART) continue
    yield part
    part = []
  }
  if (part.length > 0) yield part
}

async function makeHistory(): Promise<History> {
  return task.kind === 'sample'
    ? readHistory(task.messages)
    : inventHistory(task.lengths, readLoadTexts().texts)
}
