/**
 * A process of its own that makes a store of many messages with its search index, for a server to run
 * over: tables and index, which are what REST reads, and no documents.
 */
import { z } from 'zod'
import { loadConfig } from '../../../server/config/config.ts'
import { openStore } from '../../../server/open-store.ts'
import { completeSearchIndex } from '../../../server/projection/complete-search-index.ts'
import { readHistory } from '../history/read-history.ts'
import { writeStore } from '../search/write-store.ts'
import type { FillAnswer } from './fill-answer.ts'

const { messages: limit } = z
  .object({ messages: z.number() })
  .parse(JSON.parse(process.argv[2] ?? ''))
const store = openStore(loadConfig(process.env))
const { sqlite } = store.database
const messages = writeStore(sqlite, await readHistory(limit), limit)
sqlite.exec(`UPDATE channels SET last_message_at =
  (SELECT max(created_at) FROM messages WHERE channel_id = channels.id)`)
completeSearchIndex(sqlite)
sqlite.exec('PRAGMA wal_checkpoint(TRUNCATE)')
await store.close()
process.stdout.write(JSON.stringify({ messages } satisfies FillAnswer))
