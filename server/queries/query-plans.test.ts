import { afterAll, beforeAll, expect, test } from 'vitest'
import { markRead, markUnread } from '../commands/mark-read.ts'
import type { Conversation } from '../../shared/document/names.ts'
import { channelIdSchema, messageIdSchema, threadIdOf } from '../../shared/ids.ts'
import { ada, ben } from '../../shared/testing/updates.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { messageTables } from '../projection/project-message.ts'
import { growStore } from '../testing/grow-store.ts'
import { explain, recordStatements } from '../testing/record-statements.ts'
import { openTemporaryDatabase, type TemporaryDatabase } from '../testing/temporary-database.ts'
import { withLastMessages } from './last-messages.ts'
import { listMessages, locateMessage } from './messages.ts'
import { listPins } from './pins.ts'
import { readReadings } from './reading.ts'
import { listReplies } from './replies.ts'
import { listRevisions } from './revisions.ts'

const messageId = messageIdSchema.parse('0193a5a0-0000-7000-8000-0000000000a1')
const channel: Conversation = {
  kind: 'channel',
  id: channelIdSchema.parse('0193a5a0-0000-7000-8000-0000000000c1'),
}
const dm: Conversation = { kind: 'dm', id: threadIdOf([ada, ben]) }

let database: TemporaryDatabase
let grown: TemporaryDatabase

beforeAll(() => {
  database = openTemporaryDatabase()
  fill(database.sqlite)
  grown = openTemporaryDatabase()
  fill(grown.sqlite)
  growStore(grown.sqlite)
  grown.sqlite.exec('ANALYZE')
})
afterAll(async () => {
  await database.close()
  await grown.close()
})

function fill(sqlite: SqliteConnection): void {
  sqlite.exec(`
    INSERT INTO users (id, name, created_at, updated_at) VALUES ('${ada}', 'Ada', 1, 1);
    INSERT INTO channels (id, name, slug, created_at, updated_at)
      VALUES ('${channel.id}', 'General', 'general', 1, 1);
    INSERT INTO channel_members (channel_id, user_id, joined_at) VALUES ('${channel.id}', '${ada}', 1);
    INSERT INTO direct_message_threads (id, created_at) VALUES ('${dm.id}', 1);
    INSERT INTO direct_message_participants (thread_id, user_id, joined_at)
      VALUES ('${dm.id}', '${ada}', 1)`)
  for (const { kind, id } of [channel, dm]) {
    const { table, owner } = messageTables[kind]
    sqlite.exec(
      `INSERT INTO ${table} (${owner}, id, author_id, content, type, version, created_at, received_at)
       VALUES ('${id}', '${messageId}', '${ada}', 'hello', 'TEXT', 1, 1, 1)`,
    )
  }
}

type Read = (sqlite: SqliteConnection, conversation: Conversation) => unknown

/** Of anything but what a query itself has put together. */
const SCAN_OF_TABLE = /^SCAN (?!json_each|asked|CONSTANT|\(|thread$|arrived$)/
const page = { limit: 20 }
const afterOf = (list: string): string =>
  Buffer.from(JSON.stringify([list, 1, 'x'])).toString('base64url')
const newer = { direction: 'newer', createdAt: 1, id: messageId }
const cursor = Buffer.from(JSON.stringify(newer)).toString('base64url')
/** What a query does, and the indexes that it is meant to use: for channels, and for DMs. */
const reads: Record<string, { read: Read; uses: [string, string] }> = {
  'the newest page': {
    read: (sqlite, conversation) => listMessages(sqlite, conversation, page),
    uses: ['messages_channel_id_created_at', 'direct_messages_thread_id_created_at'],
  },
  'the page after another': {
    read: (sqlite, conversation) => listMessages(sqlite, conversation, { ...page, cursor }),
    uses: ['messages_channel_id_created_at', 'direct_messages_thread_id_created_at'],
  },
  'the threads of a page': {
    read: (sqlite, conversation) => listMessages(sqlite, conversation, page),
    uses: ['COVERING INDEX messages_parent_id', 'COVERING INDEX direct_messages_parent_id'],
  },
  'one message, and where its thread is': {
    read: (sqlite, conversation) => locateMessage(sqlite, conversation, messageId),
    uses: ['INDEX messages_parent_id', 'INDEX direct_messages_parent_id'],
  },
  'a page of replies': {
    read: (sqlite, conversation) =>
      listReplies(sqlite, conversation, messageId, { ...page, cursor: afterOf('replies') }),
    uses: ['INDEX messages_parent_id', 'INDEX direct_messages_parent_id'],
  },
  'a page of pins': {
    read: (sqlite, conversation) =>
      listPins(sqlite, conversation, { ...page, cursor: afterOf('pins') }),
    uses: ['message_pins_pinned_at', 'message_pins_pinned_at'],
  },
  'a page of revisions': {
    read: (sqlite, conversation) => listRevisions(sqlite, conversation, messageId, page),
    uses: ['message_revisions_message', 'message_revisions_message'],
  },
  'what is unread': {
    read: (sqlite, { kind, id }) => readReadings(sqlite, kind, ada, [id]),
    uses: ['COVERING INDEX messages_received_at', 'COVERING INDEX direct_messages_received_at'],
  },
  'what was said last': {
    read: (sqlite, conversation) => withLastMessages(sqlite, conversation.kind, [conversation]),
    uses: ['COVERING INDEX messages_live', 'direct_messages_thread_id_created_at'],
  },
  'marking read': {
    read: (sqlite, conversation) => mark(markRead, sqlite, conversation),
    uses: ['read_receipts USING PRIMARY KEY', 'read_receipts USING PRIMARY KEY'],
  },
  'marking unread': {
    read: (sqlite, conversation) => mark(markUnread, sqlite, conversation),
    uses: ['COVERING INDEX messages_received_at', 'COVERING INDEX direct_messages_received_at'],
  },
}
const cases = Object.entries(reads).flatMap(([name, { read, uses }]) => [
  { name: `${name} of a channel`, conversation: channel, read, uses: uses[0] },
  { name: `${name} of a DM`, conversation: dm, read, uses: uses[1] },
])

function mark(
  command: typeof markRead,
  sqlite: SqliteConnection,
  conversation: Conversation,
): void {
  const notifier = {
    publish: () => undefined,
    accessChanged: () => undefined,
    credentialEnded: () => undefined,
    showTyping: () => undefined,
  }
  const writer = { write: () => Promise.resolve(), change: () => Promise.resolve() }
  const context = { database: { ...database, sqlite }, now: () => 1, notifier, writer }
  command(context, ada, { conversation, messageId })
}

test.for(cases)(
  '$name is read through $uses, and no table is scanned; with statistics, too',
  ({ conversation, read, uses }) => {
    for (const { sqlite } of [database, grown]) {
      const record = recordStatements(sqlite)
      read(record.sqlite, conversation)
      const plan = explain(record)
      expect(plan.join('\n')).toContain(uses)
      expect(plan.filter((step) => SCAN_OF_TABLE.test(step))).toEqual([])
    }
  },
)
