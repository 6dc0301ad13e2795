/** What a directory command will make, as it can be shown before the server has made it. Pure. */
import type { Channel, ChannelType } from '../../shared/api/channels.ts'
import type { Dm } from '../../shared/api/dms.ts'
import type { ChannelId, ThreadId, UserId } from '../../shared/ids.ts'

export interface CreateChannelVariables {
  id: ChannelId
  name: string
  slug: string
  description: string
  type: ChannelType
  /** ms UTC */
  requestedAt: number
}

export interface StartDmVariables {
  id: ThreadId
  /** Everybody in it, the starter included. */
  participantIds: UserId[]
  /** ms UTC */
  requestedAt: number
}

const nothingYet = { lastMessage: null, lastReadMessageId: null, unreadCount: 0, mentionCount: 0 }

export function pendingChannel(variables: CreateChannelVariables, creator: UserId): Channel {
  const { id, name, slug, description, type, requestedAt } = variables
  return {
    id,
    name,
    slug,
    description,
    type,
    createdBy: creator,
    createdAt: requestedAt,
    archivedAt: null,
    posting: 'EVERYONE',
    retentionDays: null,
    messagesKeptDays: null,
    categoryId: null,
    position: 0,
    memberCount: 1,
    myRole: 'OWNER',
    muted: false,
    notifyLevel: null,
    lastMessageAt: null,
    newestSegment: 1,
    ...nothingYet,
  }
}

export function pendingDm(
  { id, participantIds, requestedAt }: StartDmVariables,
  starter: UserId,
): Dm {
  return {
    id,
    participantIds: [...new Set([starter, ...participantIds])],
    createdAt: requestedAt,
    lastMessageAt: null,
    newestSegment: 1,
    muted: false,
    notifyLevel: null,
    archivedAt: null,
    ...nothingYet,
  }
}

/** A slug from a name as people type it; empty when nothing of the name can stand in one. */
export function slugOf(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{Ll}\p{Lo}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 80)
}
