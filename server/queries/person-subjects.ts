/**
 * What the store keeps about one person, and where. The keys of a source end in a unique one and follow
 * an index, so that a page costs the same wherever it begins.
 */
import type { PersonExportSubject } from '../../shared/api/personal-data.ts'

export interface PersonSource {
  columns: string
  from: string
  /** `@userId` is the person. */
  where: string
  /** What the rows are in the order of. */
  keys: readonly string[]
}

/** All but what messages said before they were edited, which are found by the messages. */
export type RowSubject = Exclude<PersonExportSubject, 'revisions'>

const auditColumns = 'id, actor_id, action, entity_type, entity_id, details, created_at'

export const personSources: Readonly<Record<RowSubject, readonly PersonSource[]>> = {
  profile: [
    {
      columns: `id, email, email_verified, name, display_name, avatar_url, bio, role, status,
        status_text, status_emoji, status_expires_at, last_seen_at, deactivated_at, created_at,
        updated_at`,
      from: 'users',
      where: 'id = @userId',
      keys: ['id'],
    },
  ],
  preferences: ofUser('user_preferences', '*', 'user_id'),
  accounts: ofUser('accounts', 'provider_id, account_id, scope, created_at, updated_at', 'rowid'),
  sessions: ofUser(
    'sessions',
    'id, ip_address, user_agent, expires_at, created_at, updated_at',
    'rowid',
  ),
  accessTokens: ofUser(
    'personal_access_tokens',
    'id, name, expires_at, last_used_at, created_at',
    'rowid',
  ),
  pushSubscriptions: ofUser('push_subscriptions', 'id, endpoint, created_at', 'rowid'),
  channels: [
    {
      columns: 'c.id, c.name, c.slug, m.role, m.notify_level, m.muted, m.joined_at',
      from: 'channel_members AS m CROSS JOIN channels AS c ON c.id = m.channel_id',
      where: 'm.user_id = @userId',
      keys: ['m.channel_id'],
    },
  ],
  directMessageThreads: ofUser(
    'direct_message_participants',
    'thread_id, notify_level, muted, archived_at, joined_at',
    'thread_id',
  ),
  messages: writtenIn('messages', 'channel_id'),
  directMessages: writtenIn('direct_messages', 'thread_id'),
  reactions: ofUser(
    'message_reactions',
    'conversation_id, message_id, emoji, created_at',
    ...['conversation_id', 'message_id', 'emoji'],
  ),
  pins: ofUser(
    'message_pins',
    'conversation_id, message_id, pinned_at',
    ...['conversation_id', 'message_id'],
  ),
  mentions: ofUser('mentions', 'conversation_id, message_id', 'conversation_id', 'rowid'),
  readMarks: ofUser(
    'read_receipts',
    'conversation_id, message_id, received_at, updated_at',
    'conversation_id',
  ),
  files: [
    {
      columns: `id, name, size_bytes, type, checksum, width, height, conversation_kind,
        conversation_id, message_id, attached_at, created_at`,
      from: 'file_uploads',
      where: 'owner_id = @userId AND deleted_at IS NULL',
      keys: ['size_bytes', 'rowid'],
    },
  ],
  notifications: ofUser(
    'notifications',
    `id, kind, conversation_kind, conversation_id, message_id, actor_id, is_urgent, urgency_score,
      created_at, read_at, dismissed_at`,
    ...['created_at', 'rowid'],
  ),
  auditLog: [
    {
      columns: `${auditColumns}, ip_address, user_agent`,
      from: 'audit_logs',
      where: 'actor_id = @userId',
      keys: ['created_at', 'rowid'],
    },
    // From where others acted is theirs.
    {
      columns: `${auditColumns}, NULL AS ip_address, NULL AS user_agent`,
      from: 'audit_logs',
      where: "entity_type = 'person' AND entity_id = @userId AND actor_id IS NOT @userId",
      keys: ['rowid'],
    },
  ],
}

function ofUser(from: string, columns: string, ...keys: string[]): PersonSource[] {
  return [{ columns, from, where: 'user_id = @userId', keys }]
}

function writtenIn(table: string, owner: string): PersonSource[] {
  const columns = `${owner}, id, content, type, version, parent_id, reply_to_id, file_ids, created_at,
    received_at, edited_at, deleted_at`
  return [{ columns, from: table, where: 'author_id = @userId', keys: ['rowid'] }]
}

/** The statement of one page; all but the first begin after the keys `@key0`, `@key1` and so on. */
export function pageStatement(
  { columns, from, where, keys }: PersonSource,
  isFirst: boolean,
  limit: number,
): string {
  const names = keys.map((_, index) => `@key${index}`)
  const after = isFirst ? '' : `AND (${keys.join(', ')}) > (${names.join(', ')})`
  const selected = keys.map((key, index) => `${key} AS key${index}`)
  return `SELECT ${columns}, ${selected.join(', ')} FROM ${from} WHERE ${where} ${after}
    ORDER BY ${keys.join(', ')} LIMIT ${limit}`
}
