import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'
import { ada, firstMessageId, message, now } from '../../shared/testing/updates.ts'
import { NOWHERE, type OutboxEntry } from './outbox-entry.ts'
import { remakeEntry } from './remake-entry.ts'

const standing = message(ada)
const tombstone = { ...standing, content: '', version: 3, deletedAt: now - 500, deletedBy: ada }

function documentWith(record: unknown): Y.Doc {
  const document = new Y.Doc()
  rootMap(document, 'messages').set(firstMessageId, record)
  return document
}

function entryOf(kind: OutboxEntry['kind'], value: unknown): OutboxEntry {
  const place = { ...NOWHERE, root: 'messages', key: firstMessageId } as const // a literal root
  return {
    id: 'one',
    documentName: 'any',
    kind,
    messageId: firstMessageId,
    value,
    order: 0,
    ...place,
  }
}

test('P5 an edit from a clock that was ahead goes out at a time that the server takes', () => {
  const edited = { ...standing, content: 'edited', version: 2, editedAt: now + 600_000 }
  const remade = [standing, tombstone].map(
    (record) => remakeEntry(entryOf('edit', edited), documentWith(record), now)?.value,
  )
  expect(remade).toEqual([
    { ...edited, editedAt: now, version: 2 },
    // Refused as too late, and not for its time, which could be mended without end.
    { ...edited, editedAt: now, version: 4 },
  ])
})

test('a deletion of what is deleted already has nothing left to deliver', () => {
  const entry = entryOf('deletion', { ...tombstone, version: 2, deletedAt: now + 600_000 })
  expect(remakeEntry(entry, documentWith(tombstone), now)).toBeUndefined()
})
