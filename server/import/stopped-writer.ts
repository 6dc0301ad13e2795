/**
 * Writes conversations while no server runs: documents are loaded for a write and put away behind
 * it, with a snapshot. For a process that holds the lock of the data directory.
 */
import * as Y from 'yjs'
import type { ConversationWriter } from '../commands/conversation-writer.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { openEngine, type Engine } from '../journal/open-engine.ts'
import { createConversationWriter } from '../journal/write-conversation.ts'

/** Recovers what a crash left behind first, as the server does at its start. */
export function openStoppedEngine(sqlite: SqliteConnection, now: () => number): Engine {
  return openEngine({
    sqlite,
    now,
    onProjectionFailure: (cause, documentName) => {
      throw new Error(`the tables could not take ${documentName ?? 'a batch'}`, { cause })
    },
  })
}

/** Loads a document, keeps it while `use` runs, and stores a snapshot if `use` wrote to it. */
export async function withStoppedDocument<Result>(
  engine: Engine,
  name: string,
  use: () => Promise<Result>,
): Promise<Result> {
  const document = new Y.Doc()
  try {
    const { update, seq } = engine.loadDocument(name)
    if (update !== null) Y.applyUpdate(document, update)
    engine.documents.register(name, document, seq)
    const result = await use()
    if ((engine.documents.get(name)?.appliedSeq ?? seq) > seq) engine.storeSnapshot(name)
    return result
  } finally {
    document.destroy()
  }
}

export function createStoppedWriter(
  sqlite: SqliteConnection,
  now: () => number,
): ConversationWriter {
  const engine = openStoppedEngine(sqlite, now)
  return createConversationWriter({
    admission: engine.admission,
    journal: engine.journal,
    documents: engine.documents,
    segments: engine.segments,
    withDocument: (name, use) => withStoppedDocument(engine, name, use),
  })
}
