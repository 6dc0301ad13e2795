import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'
import { formatConversationName } from '../../shared/document/names.ts'
import type { ChannelId, MessageId } from '../../shared/ids.ts'
import { ada, createIdSequence, message, now, updateOf } from '../../shared/testing/updates.ts'
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
    const id = nextId<ChannelId>()
    sqlite
      .prepare(
        `INSERT INTO channels (id, name, slug, type, created_at, updated_at)
         VALUES (?, ?, ?, 'PUBLIC', ?, ?)`,
      )
      .run(id, slug, slug, now, now)
    const name = formatConversationName({ kind: 'channel', id })
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
