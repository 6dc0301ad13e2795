/** What an import brings, in terms of our own: the same whichever product it came from. */
import type { ChannelType } from '../../shared/api/channels.ts'
import type { ChannelId, MessageId, ThreadId, UserId } from '../../shared/ids.ts'
import type { MessageRecord } from '../../shared/records/message.ts'

export interface ImportedPerson {
  id: UserId
  name: string
  displayName: string | null
  email: string | null
  bio: string | null
  /** Had left the workspace already, so nobody may claim the account. */
  isDeactivated: boolean
  /** Saw only the channels that they were in. */
  isGuest: boolean
}

export interface ImportedChannel {
  id: ChannelId
  name: string
  slug: string
  description: string | null
  type: ChannelType
  createdBy: UserId | undefined
  createdAt: number
  isArchived: boolean
  memberIds: UserId[]
}

export interface ImportedThread {
  id: ThreadId
  createdAt: number
  participantIds: UserId[]
}

/** One message with all versions that are known of it, oldest first, and its reactions. */
export interface ImportedMessage {
  id: MessageId
  versions: [MessageRecord, ...MessageRecord[]]
  /** Key in the root map `reactions` -> when it was given. */
  reactions: ReadonlyMap<string, number>
  /** Its author becomes a member of the channel with it, where the source lists no members. */
  isJoining?: boolean | undefined
}
