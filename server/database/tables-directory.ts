/** Columns of the tables of people, channels and DM threads (migrations 0001, 0002, 0007 and 0016). */
import type { Generated } from 'kysely'
import type { AuditAction, AuditEntityType } from '../../shared/api/audit-logs.ts'
import type { ChannelPosting, ChannelRole, ChannelType } from '../../shared/api/channels.ts'
import type { NotifyLevel } from '../../shared/api/preferences.ts'
import type { WorkspaceRole } from '../../shared/api/users.ts'
import type { CategoryId, ChannelId, ThreadId, UserId } from '../../shared/ids.ts'

interface UsersTable {
  id: UserId
  email: string | null
  email_verified: number
  name: string
  display_name: string | null
  avatar_url: string | null
  bio: string | null
  role: WorkspaceRole
  last_seen_at: number | null
  deactivated_at: number | null
  status: Generated<'ONLINE' | 'AWAY' | 'DND' | 'OFFLINE'>
  status_text: string | null
  status_emoji: string | null
  status_expires_at: number | null
  erased_at: number | null
  erasure_completed_at: number | null
  created_at: number
  updated_at: number
}

interface AccountsTable {
  id: string
  user_id: UserId
  account_id: string
  provider_id: string
  password: string | null
  access_token: string | null
  refresh_token: string | null
  id_token: string | null
  access_token_expires_at: number | null
  refresh_token_expires_at: number | null
  scope: string | null
  created_at: number
  updated_at: number
}

interface SessionsTable {
  id: string
  user_id: UserId
  token: string
  ip_address: string | null
  user_agent: string | null
  expires_at: number
  created_at: number
  updated_at: number
}

interface VerificationTokensTable {
  id: string
  identifier: string
  value: string
  expires_at: number
  created_at: number
  updated_at: number
}

interface PersonalAccessTokensTable {
  id: string
  user_id: UserId
  name: string
  token_hash: string
  expires_at: number | null
  last_used_at: number | null
  created_at: number
}

interface ChannelsTable {
  id: ChannelId
  name: string
  slug: string
  description: string | null
  type: ChannelType
  created_by: UserId | null
  last_message_at: number | null
  newest_segment: Generated<number>
  category_id: CategoryId | null
  position: Generated<number>
  posting: Generated<ChannelPosting>
  retention_days: number | null
  archived_at: number | null
  created_at: number
  updated_at: number
}

interface ChannelMembersTable {
  channel_id: ChannelId
  user_id: UserId
  role: ChannelRole
  notify_level: NotifyLevel | null
  muted: Generated<number>
  joined_at: number
}

interface DirectMessageThreadsTable {
  id: ThreadId
  created_by: UserId | null
  last_message_at: number | null
  newest_segment: Generated<number>
  created_at: number
}

interface DirectMessageParticipantsTable {
  thread_id: ThreadId
  user_id: UserId
  notify_level: NotifyLevel | null
  muted: Generated<number>
  archived_at: number | null
  joined_at: number
}

interface UserPreferencesTable {
  user_id: UserId
  notify_level: Generated<NotifyLevel>
  notify_replies: Generated<number>
  notify_reactions: Generated<number>
  keywords: Generated<string>
  push_enabled: Generated<number>
  email_enabled: Generated<number>
  urgent_enabled: Generated<number>
  dnd_start_minute: number | null
  dnd_end_minute: number | null
  time_zone: Generated<string>
  updated_at: number
}

interface ChannelCategoriesTable {
  id: CategoryId
  name: string
  position: number
  created_at: number
}

interface WorkspaceSettingsTable {
  id: number
  retention_days: number | null
  dm_retention_days: number | null
}

interface AuditLogsTable {
  id: string
  actor_id: UserId | null
  action: AuditAction
  entity_type: AuditEntityType
  entity_id: string | null
  details: Generated<string>
  ip_address: string | null
  user_agent: string | null
  created_at: number
}

export interface DirectoryTables {
  users: UsersTable
  accounts: AccountsTable
  sessions: SessionsTable
  verification_tokens: VerificationTokensTable
  personal_access_tokens: PersonalAccessTokensTable
  channels: ChannelsTable
  channel_members: ChannelMembersTable
  direct_message_threads: DirectMessageThreadsTable
  direct_message_participants: DirectMessageParticipantsTable
  user_preferences: UserPreferencesTable
  channel_categories: ChannelCategoriesTable
  audit_logs: AuditLogsTable
  workspace_settings: WorkspaceSettingsTable
}
