import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'
import { formatConversationName } from '../../shared/document/names.ts'
import type { ChannelId, MessageId } from '../../shared/ids.ts'
import { ada, createIdSequence, message, now, updateOf } from '../../shared/testing/updates.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { openTemporaryDatabase } from '../testing/temporary-database.ts'
import { openEngine } from './open-engine.ts'

test('P1 a listener that throws keeps nothing that is on disk from memory, nor from its writer', async () => {
  const { sqlite, close } = openTemporaryDatabase()
  const nextId = createIdSequence()
  const failures: unknown[] = []
  const engine = openEngine({
    sqlite,
    now: () => now,
    onProjectionFailure: (error) => failures.push(error),
  })
  engine.onDocument(
    () => {
      throw new Error('a fault of its own')
    },
    (error) => failures.push(error),
  )
  const documents = ['one', 'two'].map((slug) => {
    const name = createChannelDocument(sqlite, nextId<ChannelId>(), slug)
    const document = new Y.Doc()
    engine.documents.register(name, document, 0)
    return { name, document, messageId: nextId<MessageId>() }
  })
  // Both in one batch: the fault at the first must not reach the second.
  await Promise.all(
    documents.map(({ name, document, messageId }) =>
      engine.admission.admit({
        documentName: name,
        update: updateOf(document, ({ messages }) => messages.set(messageId, message(ada))),
        actor: { kind: 'server' },
        writer: 'server',
      }),
    ),
  )
  for (const { document, messageId } of documents) {
    expect(rootMap(document, 'messages').has(messageId)).toBe(true)
  }
  // Two documents that were registered, two that have grown.
  expect(failures.map(String)).toEqual(Array.from({ length: 4 }, () => 'Error: a fault of its own'))
  engine.close()
  await close()
})

test('P1 what is on disk is acknowledged, whatever an observer of the document does', async () => {
  const { sqlite, close } = openTemporaryDatabase()
  const nextId = createIdSequence()
  const failures: unknown[] = []
  const engine = openEngine({
    sqlite,
    now: () => now,
    onProjectionFailure: (error) => failures.push(error),
    onWriteFailure: (error) => failures.push(error),
  })
  const documentName = createChannelDocument(sqlite, nextId<ChannelId>(), 'one')
  const document = new Y.Doc()
  engine.documents.register(documentName, document, 0)
  document.on('update', () => {
    throw new Error('a fault of its own')
  })
  const messageId = nextId<MessageId>()
  await engine.admission.admit({
    documentName,
    update: updateOf(document, ({ messages }) => messages.set(messageId, message(ada))),
    actor: { kind: 'server' },
    writer: 'server',
  })
  expect(rootMap(document, 'messages').has(messageId)).toBe(true)
  expect(failures.map(String)).toEqual(['Error: a fault of its own'])
  engine.close()
  await close()
})

test('who waits for their rows waits for no later ones, however busy the document is', async () => {
  const { sqlite, close } = openTemporaryDatabase()
  const nextId = createIdSequence()
  const engine = openEngine({
    sqlite,
    now: () => now,
    onProjectionFailure: (error) => expect.unreachable(String(error)),
  })
  const documentName = createChannelDocument(sqlite, nextId<ChannelId>(), 'one')
  const document = new Y.Doc()
  engine.documents.register(documentName, document, 0)
  const write = (): Promise<unknown> =>
    engine.admission.admit({
      documentName,
      update: updateOf(document, ({ messages }) => messages.set(nextId(), message(ada))),
      actor: { kind: 'server' },
      writer: 'server',
    })
  const LAST = 30
  let written = 0
  // Each batch brings the next update, so that there is none after which nothing waits.
  async function writeOn(): Promise<void> {
    for (written = 1; written < LAST; written += 1) await write()
  }
  await write()
  const writing = writeOn()
  await engine.admission.projected(documentName)
  expect(written).toBeLessThan(5)
  await writing
  engine.close()
  await close()
})

function createChannelDocument(sqlite: SqliteConnection, id: ChannelId, slug: string): string {
  sqlite
    .prepare(
      `INSERT INTO channels (id, name, slug, type, created_at, updated_at)
       VALUES (?, ?, ?, 'PUBLIC', ?, ?)`,
    )
    .run(id, slug, slug, now, now)
  return formatConversationName({ kind: 'channel', id })
}
