/**
 * Who may do what. Routes, commands, documents and screens all ask these two tables, and the page
 * docs/roles.md shows them. Pure: whoever asks brings the roles. Never decide by a role elsewhere.
 */
import type { ChannelRole } from '../api/channels.ts'
import { workspaceRoles, type WorkspaceRole } from '../api/users.ts'

interface WorkspaceRightRule {
  /** What it lets people do, as the page of roles says it. */
  says: string
  roles: readonly WorkspaceRole[]
}

interface ChannelRightRule {
  says: string
  /** Roles in the channel that have it. */
  channelRoles: readonly ChannelRole[]
  /** Roles in the workspace that have it, too, in every channel that they may see. */
  workspaceRoles: readonly WorkspaceRole[]
  /** Those roles in the workspace have it only where they are in the channel. */
  takesMembership?: true
  /** Guests never have it, whatever they are in the channel. */
  excludesGuests?: true
}

const managers = ['OWNER', 'ADMIN'] as const
const allButGuests = ['OWNER', 'ADMIN', 'MEMBER'] as const
const everybodyInIt = ['OWNER', 'ADMIN', 'MEMBER'] as const

/** What people may do in the workspace by their role in it. */
export const workspaceRights = {
  seePublicChannels: { says: 'See public channels without being in them', roles: allButGuests },
  createChannels: { says: 'Create channels', roles: allButGuests },
  arrangeChannels: { says: 'Make categories, and put channels in order', roles: managers },
  managePeople: {
    says: 'Add people, hand out claim links, change profiles and roles, deactivate (admins: of members and guests alone)',
    roles: managers,
  },
  limitRetention: {
    says: 'Say how many days messages are kept, in the workspace and in DMs',
    roles: managers,
  },
  handlePersonalData: {
    says: 'Export what concerns other people, and erase people',
    roles: ['OWNER'],
  },
  readAuditLog: { says: 'Read the audit log', roles: managers },
  fillWorkspace: { says: 'Fill an empty workspace with a sample', roles: ['OWNER'] },
} as const satisfies Record<string, WorkspaceRightRule>

/** What people may do in a channel, by their role in it and in the workspace. */
export const channelRights = {
  read: { says: 'Read', channelRoles: everybodyInIt, workspaceRoles: allButGuests },
  join: {
    says: 'Join a public channel',
    channelRoles: everybodyInIt,
    workspaceRoles: allButGuests,
  },
  write: {
    says: 'Post, edit and delete what is their own, react, pin',
    channelRoles: everybodyInIt,
    workspaceRoles: [],
  },
  postWhereRestricted: {
    says: 'Post and pin where posting is for admins',
    channelRoles: managers,
    workspaceRoles: managers,
    takesMembership: true,
  },
  moderate: {
    says: 'Delete what others wrote',
    channelRoles: managers,
    workspaceRoles: managers,
    takesMembership: true,
  },
  addMembers: {
    says: 'Add others (never guests)',
    channelRoles: everybodyInIt,
    workspaceRoles: [],
    excludesGuests: true,
  },
  manageMembers: {
    says: 'Remove others, and change their roles',
    channelRoles: managers,
    workspaceRoles: managers,
  },
  manageOwners: {
    says: 'Make and unmake owners of the channel, and remove them',
    channelRoles: ['OWNER'],
    workspaceRoles: ['OWNER'],
  },
  changeSettings: {
    says: 'Rename, describe, archive and reopen it, say who may post and how long messages are kept',
    channelRoles: managers,
    workspaceRoles: managers,
  },
  makePrivate: {
    says: 'Make it private, for those alone who are in it',
    channelRoles: managers,
    workspaceRoles: managers,
    takesMembership: true,
    excludesGuests: true,
  },
  makePublic: {
    says: 'Make it public, with all that was said in it',
    channelRoles: ['OWNER'],
    workspaceRoles: ['OWNER'],
    takesMembership: true,
    excludesGuests: true,
  },
} as const satisfies Record<string, ChannelRightRule>

export type WorkspaceRight = keyof typeof workspaceRights
export type ChannelRight = keyof typeof channelRights

/** How somebody stands to a channel. */
export interface ChannelStanding {
  isPublic: boolean
  workspaceRole: WorkspaceRole
  /** Undefined for those who are not in it. */
  channelRole: ChannelRole | undefined
}

/** Whether a role in the workspace has a right. */
export function mayInWorkspace(role: WorkspaceRole, right: WorkspaceRight): boolean {
  const { roles }: WorkspaceRightRule = workspaceRights[right]
  return roles.includes(role)
}

/** Whether somebody has a right in a channel; nobody has any in one that they may not see. */
export function mayInChannel(standing: ChannelStanding, right: ChannelRight): boolean {
  const { isPublic, workspaceRole, channelRole } = standing
  const rule: ChannelRightRule = channelRights[right]
  if (rule.excludesGuests && workspaceRole === 'GUEST') return false
  if (channelRole !== undefined && rule.channelRoles.includes(channelRole)) return true
  if (!rule.workspaceRoles.includes(workspaceRole)) return false
  if (channelRole !== undefined) return true
  return !rule.takesMembership && isPublic && mayInWorkspace(workspaceRole, 'seePublicChannels')
}

/** Admins manage members and guests; owners manage everybody. */
export function mayManagePerson(commander: WorkspaceRole, person: WorkspaceRole): boolean {
  if (!mayInWorkspace(commander, 'managePeople')) return false
  return commander === 'OWNER' || rankOf(person) < rankOf(commander)
}

/**
 * Whether somebody may give a person another role. Nobody gives one above their own; managers may
 * lower themselves.
 */
export function mayGiveRole(
  commander: WorkspaceRole,
  {
    standing,
    role,
    isOneself,
  }: { standing: WorkspaceRole; role: WorkspaceRole; isOneself: boolean },
): boolean {
  if (!mayInWorkspace(commander, 'managePeople') || rankOf(role) > rankOf(commander)) return false
  return isOneself || mayManagePerson(commander, standing)
}

function rankOf(role: WorkspaceRole): number {
  return -workspaceRoles.indexOf(role)
}
