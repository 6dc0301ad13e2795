/** Who acts on a conversation and what they may do there; the guard's view of a person. */
import type { ChannelRole } from '../api/channels.ts'
import type { WorkspaceRole } from '../api/users.ts'
import type { ErrorCode } from '../errors.ts'
import type { UserId } from '../ids.ts'

/** What one person may do in one conversation, decided once from roles and membership. */
export interface ConversationAccess {
  canRead: boolean
  /** Why nothing may be written (archived, not a member); undefined when writing is allowed. */
  writeDenial: ErrorCode | undefined
  canPost: boolean
  canPin: boolean
  /** May delete what others wrote. */
  canModerate: boolean
}

/** A person, or the server itself when it imports history or writes `meta`. */
export type Actor =
  | { kind: 'person'; userId: UserId; access: ConversationAccess }
  | { kind: 'server' }

export interface ChannelFacts {
  kind: 'channel'
  isPublic: boolean
  isArchived: boolean
  workspaceRole: WorkspaceRole
  channelRole: ChannelRole | undefined
}

export interface DmFacts {
  kind: 'dm'
  isParticipant: boolean
}

const nothing = { canRead: false, canPost: false, canPin: false, canModerate: false }

/**
 * What somebody may do in a conversation. Public channels can be read by every member of the
 * workspace but guests; writing takes membership.
 */
export function accessTo(facts: ChannelFacts | DmFacts): ConversationAccess {
  if (facts.kind === 'dm') {
    if (!facts.isParticipant) return { ...nothing, writeDenial: 'not_participant' }
    return {
      canRead: true,
      writeDenial: undefined,
      canPost: true,
      canPin: true,
      canModerate: false,
    }
  }
  const isMember = facts.channelRole !== undefined
  const canRead = isMember || (facts.isPublic && facts.workspaceRole !== 'GUEST')
  if (!isMember) return { ...nothing, canRead, writeDenial: 'not_member' }
  if (facts.isArchived) return { ...nothing, canRead, writeDenial: 'channel_archived' }
  const canModerate =
    facts.channelRole !== 'MEMBER' ||
    facts.workspaceRole === 'OWNER' ||
    facts.workspaceRole === 'ADMIN'
  return { canRead, writeDenial: undefined, canPost: true, canPin: true, canModerate }
}
