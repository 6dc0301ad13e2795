/** Who acts on a conversation and what they may do there; the guard's view of a person. */
import type { ChannelPosting } from '../api/channels.ts'
import type { ErrorCode } from '../errors.ts'
import type { UserId } from '../ids.ts'
import { mayInChannel, type ChannelStanding } from './permissions.ts'

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

/** From where somebody acts, as far as it is known: for the audit log; nothing is decided by it. */
export interface ActorOrigin {
  ipAddress: string | null
  userAgent: string | null
}

/** A person, or the server itself when it imports history or writes `meta`. */
export type Actor =
  | { kind: 'person'; userId: UserId; access: ConversationAccess; origin?: ActorOrigin | undefined }
  | { kind: 'server' }

export interface ChannelFacts extends ChannelStanding {
  kind: 'channel'
  isArchived: boolean
  posting: ChannelPosting
}

export interface DmFacts {
  kind: 'dm'
  isParticipant: boolean
}

const nothing = { canRead: false, canPost: false, canPin: false, canModerate: false }

/** What somebody may do in a conversation: the table of rights, applied to what is known of it. */
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
  const canRead = mayInChannel(facts, 'read')
  if (!mayInChannel(facts, 'write')) return { ...nothing, canRead, writeDenial: 'not_member' }
  if (facts.isArchived) return { ...nothing, canRead, writeDenial: 'channel_archived' }
  const canPost = facts.posting !== 'ADMINS' || mayInChannel(facts, 'postWhereRestricted')
  return {
    canRead,
    writeDenial: undefined,
    canPost,
    canPin: canPost,
    canModerate: mayInChannel(facts, 'moderate'),
  }
}

/** Why somebody may not post; undefined when they may. Less than writing: others may still react. */
export function postDenial({ writeDenial, canPost }: ConversationAccess): ErrorCode | undefined {
  return writeDenial ?? (canPost ? undefined : 'posting_restricted')
}
