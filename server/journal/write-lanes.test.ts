import { afterEach, beforeEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'
import { formatConversationName, type Conversation } from '../../shared/document/names.ts'
import { AppError } from '../../shared/errors.ts'
import { channelIdSchema, type MessageId } from '../../shared/ids.ts'
import {
  ada,
  ben,
  createIdSequence,
  memberAccess,
  message,
  now,
} from '../../shared/testing/updates.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { openTemporaryDatabase } from '../testing/temporary-database.ts'
import { openEngine, type Engine } from './open-engine.ts'
import { createConversationWriter, type DocumentWriter } from './write-conversation.ts'

const WRITES = 40
const conversation: Conversation = {
  kind: 'channel',
  id: channelIdSchema.parse('0193a5a0-0000-7000-8000-0000000000c1'),
}
const name = formatConversationName(conversation)

let sqlite: SqliteConnection
let closeStore: () => Promise<void>
let engine: Engine
let document: Y.Doc
let writer: DocumentWriter
/** How many updates each batch held. */
let batches: number[]
let nextId: <Id extends string>() => Id

beforeEach(() => {
  const store = openTemporaryDatabase()
  sqlite = store.sqlite
  closeStore = store.close
  nextId = createIdSequence()
  sqlite
    .prepare('INSERT INTO channels (id, name, slug, created_at, updated_at) VALUES (?, ?, ?, ?, ?)')
    .run(conversation.id, 'General', 'general', now, now)
  start()
})
afterEach(async () => {
  engine.close()
  await closeStore()
})

/** As a process does: over what is in the store. */
function start(): void {
  batches = []
  engine = openEngine({
    sqlite,
    now: () => now,
    onProjectionFailure: (error) => expect.unreachable(String(error)),
    onCommitted: (updates) => void (updates > 0 && batches.push(updates)),
  })
  document = new Y.Doc()
  const { update, seq } = engine.loadDocument(name)
  if (update !== null) Y.applyUpdate(document, update)
  engine.documents.register(name, document, seq)
  writer = createConversationWriter({ ...engine, withDocument: (_, use) => use() })
}

function post(author = ada): Promise<void> {
  const actor = { kind: 'person', userId: author, access: memberAccess } as const
  const edit = { root: 'messages', key: nextId<MessageId>(), value: message(ada) } as const
  return writer.write(conversation, actor, [edit])
}

function postAtOnce(count: number): Promise<void[]> {
  return Promise.all(Array.from({ length: count }, () => post()))
}

const countMessages = (): number[] => [
  [...rootMap(document, 'messages').keys()].length,
  sqlite.prepare<[], number>('SELECT count(*) FROM messages').pluck().get() ?? 0,
]

test('posts that come at once share batches, and each is there', async () => {
  await postAtOnce(WRITES)
  expect(batches.length).toBeLessThan(WRITES / 8)
  expect(batches.reduce((sum, updates) => sum + updates)).toBe(WRITES)
  expect(countMessages()).toEqual([WRITES, WRITES])
})

test('who posts alone makes a document no dearer: one clientID', async () => {
  for (let turn = 0; turn < 5; turn += 1) await post()
  expect(Y.decodeStateVector(Y.encodeStateVector(document)).size).toBe(1)
})

test("posts take the same clientIDs each time, in a later process, too, all of them the server's", async () => {
  await postAtOnce(WRITES)
  const known = [...document.store.clients.keys()]
  expect(known.length).toBeLessThanOrEqual(16)
  engine.close()
  start()
  await postAtOnce(WRITES)
  expect(new Set(document.store.clients.keys())).toEqual(new Set(known))
  expect(known.map((clientId) => engine.journal.clientOwner(name, clientId))).toEqual(
    known.map(() => 'server'),
  )
  expect(countMessages()).toEqual([2 * WRITES, 2 * WRITES])
})

test('P2 one that is refused takes none of those with it that came at once', async () => {
  const posts = Array.from({ length: WRITES }, (_, index) => post(index % 4 === 0 ? ben : ada))
  const results = await Promise.allSettled(posts)
  const refused = results.filter((result) => result.status === 'rejected')
  expect(refused).toHaveLength(WRITES / 4)
  for (const { reason } of refused) {
    expect(reason instanceof AppError && reason.code).toBe('not_author')
  }
  expect(countMessages()).toEqual([WRITES * 0.75, WRITES * 0.75])
})
