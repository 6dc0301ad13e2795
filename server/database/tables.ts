/** The columns of every table, as Kysely sees them. Kept in step with `migrations/` by a test. */
import type { ConversationTables } from './tables-conversation.ts'
import type { DirectoryTables } from './tables-directory.ts'
import type { EngineTables } from './tables-engine.ts'
import type { FileTables } from './tables-files.ts'
import type { NotificationTables } from './tables-notifications.ts'

export interface Tables
  extends DirectoryTables, ConversationTables, EngineTables, FileTables, NotificationTables {}
