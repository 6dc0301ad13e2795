/** Columns of the tables of people, channels and DM threads (migrations 0001 and 0002). */
import type { Generated } from 'kysely'
import type { ChannelRole, ChannelType } from '../../shared/api/channels.ts'
import type { WorkspaceRole } from '../../shared/api/users.ts'
import type { ChannelId, ThreadId, UserId } from '../../shared/ids.ts'

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
  archived_at: number | null
  created_at: number
  updated_at: number
}

interface ChannelMembersTable {
  channel_id: ChannelId
  user_id: UserId
  role: ChannelRole
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
  joined_at: number
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
}
