/** What the page of the database says of the tables of the engine. */
import type { TableWords } from './table-words.ts'

const JOURNAL = 'server/journal/journal.ts'
const SNAPSHOT = 'server/journal/store-snapshot.ts'

export const engineTables: Readonly<Record<string, TableWords>> = {
  documents: {
    about:
      'The documents that are the truth of what was said, each as a snapshot and what the journal has after it.',
    writers: [
      JOURNAL,
      SNAPSHOT,
      'server/projection/projection-queue.ts',
      'server/journal/replay-document.ts',
      'server/admin/rebuild.ts',
    ],
    columns: {
      name: '`channel:<id>/<segment>` or `dm:<id>/<segment>`.',
      snapshot: 'The merged document, as Yjs encodes it; null until the first one.',
      state_vector: 'How far the snapshot has come in the changes of each clientID.',
      created_at: 'When its first change came.',
    },
  },
  document_updates: {
    about:
      'The journal: accepted updates in order, until a snapshot has them. What is here is acknowledged.',
    writers: [JOURNAL, SNAPSHOT],
    columns: {
      seq: 'Its place in the order of all.',
      document_name: 'The document.',
      update_bytes: 'The update, as Yjs encodes it.',
      received_at: 'When it came.',
    },
    indexes: { document_updates_document_name: 'What a document has after its snapshot.' },
  },
  document_clients: {
    about:
      'Which clientID of a document belongs to whom, so that nobody writes under the number of another.',
    writers: [JOURNAL],
    columns: { document_name: 'The document.', client_id: 'The clientID.' },
  },
  store_state: {
    writers: ['server/admin/backup/generation.ts', 'server/retention/purge-pages.ts'],
    columns: {
      id: 'Always 1.',
      generation: 'The generation.',
      words_purged_at: 'When the file was last cleaned of them.',
    },
  },
  left_marks: {
    writers: ['server/projection/note-left-marks.ts', 'server/retention/find-records.ts'],
    columns: {
      conversation_kind: '`channel` or `dm`.',
      conversation_id: 'Its id.',
      message_id: 'The message.',
    },
  },
  schema_migrations: {
    about: 'Which [migrations](../migrations) were applied.',
    writers: ['server/database/migrate.ts'],
    columns: {
      name: 'Name of its file.',
      checksum: 'SHA-256 of that file: an edited one keeps the server from starting.',
      applied_at: 'When it was applied.',
    },
  },
}
