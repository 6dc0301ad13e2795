/**
 * What the page of the database says of each table beside the comments of the migrations, and in
 * which order. Whatever has neither words here nor a comment there fails the page.
 */
import { conversationTables } from './words-conversations.ts'
import { directoryTables } from './words-directory.ts'
import { engineTables } from './words-engine.ts'
import { peopleTables } from './words-people.ts'
import { searchTables } from './words-search.ts'

export interface TableWords {
  about?: string
  /** Files of the project that write its rows. */
  writers: readonly string[]
  columns: Readonly<Record<string, string>>
  indexes?: Readonly<Record<string, string>>
  triggers?: Readonly<Record<string, string>>
}

export interface TableGroup {
  title: string
  intro?: string
  tables: Readonly<Record<string, TableWords>>
}

export const tableGroups: readonly TableGroup[] = [
  { title: 'People and how they sign in', tables: peopleTables },
  { title: 'Channels and direct messages', tables: directoryTables },
  {
    title: 'What was said',
    intro:
      'Most of these tables are a projection of the documents: `npm run verify` compares the two, and `npm run rebuild` makes the tables anew. Who is typing is in no table, and there is no `typing_indicators`: it is forgotten after seconds, kept in memory ([typing.ts](../server/sync/typing.ts)) and passed on as it happens.',
    tables: conversationTables,
  },
  { title: 'Search, files, notifications, audit', tables: searchTables },
  { title: "The engine's own", tables: engineTables },
]
