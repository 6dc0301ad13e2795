/** Renames, describes, hides, shows, archives and moves a channel; says who may post and what is kept. */
import type { z } from 'zod'
import type { updateChannelRequestSchema } from '../../shared/api/channels.ts'
import { AppError } from '../../shared/errors.ts'
import type { ChannelId } from '../../shared/ids.ts'
import { placeChannel } from './arrange-channels.ts'
import { audit } from './audit.ts'
import {
  publishToChannel,
  requireChannel,
  requireChannelRight,
  type StandingChannel,
} from './channel-rights.ts'
import { requireRight, type CommandContext, type Commander } from './command-context.ts'

type Changes = z.output<typeof updateChannelRequestSchema>

interface Update {
  channelId: ChannelId
  channel: StandingChannel
  changes: Changes
}

/**
 * What is undefined stays as it is. Throws `not_found` also for a category that is not there,
 * `forbidden`, and `already_exists` for a slug in use.
 */
export function updateChannel(
  context: CommandContext,
  commander: Commander,
  channelId: ChannelId,
  changes: Changes,
): void {
  const { database, notifier } = context
  const { categoryId, position, type, ...settings } = changes
  const isMoved = categoryId !== undefined || position !== undefined
  const isChanged = Object.values(settings).some((value) => value !== undefined)
  const hasNewType = database.sqlite.transaction(() => {
    const channel = requireChannel(database.sqlite, commander, channelId)
    if (isChanged || (!isMoved && type === undefined)) {
      requireChannelRight(channel, 'changeSettings')
    }
    if (isMoved) requireRight(commander, 'arrangeChannels')
    if (type !== undefined) {
      requireChannelRight(channel, type === 'PRIVATE' ? 'makePrivate' : 'makePublic')
    }
    const update = { channelId, channel, changes }
    if (isChanged) changeSettings(context, commander, update)
    if (isMoved) move(context, commander, update)
    return changeType(context, commander, update)
  })()
  notifier.accessChanged({ conversation: { kind: 'channel', id: channelId } })
  // Also those who have it no more, or never had it.
  if (isMoved || hasNewType) notifier.publish('everyone', { topic: 'channels' })
  if (hasNewType) notifier.publish('everyone', { topic: 'notifications' })
  publishToChannel(context, channelId)
}

/** Answers whether it has another type now. */
function changeType(
  context: CommandContext,
  commander: Commander,
  { channelId, channel, changes: { type } }: Update,
): boolean {
  if (type === undefined || type === channel.type) return false
  context.database.sqlite
    .prepare('UPDATE channels SET type = ?, updated_at = ? WHERE id = ?')
    .run(type, context.now(), channelId)
  const deed = { action: 'channel.type_changed', entityType: 'channel' } as const
  const details = { from: channel.type, to: type }
  audit(context, commander, { ...deed, entityId: channelId, details })
  return true
}

function changeSettings(
  context: CommandContext,
  commander: Commander,
  { channelId, channel, changes }: Update,
): void {
  const { sqlite } = context.database
  const { name, slug, description, isArchived, posting, retentionDays } = changes
  const hasSlug = sqlite.prepare('SELECT 1 FROM channels WHERE slug = ? AND id <> ?')
  if (slug !== undefined && hasSlug.get(slug, channelId) !== undefined) {
    throw new AppError('already_exists', {
      message: `There is a channel called #${slug} already`,
    })
  }
  const next = {
    name: name ?? channel.name,
    slug: slug ?? channel.slug,
    description: description === undefined ? channel.description : description || null,
    posting: posting ?? channel.posting,
    retentionDays: retentionDays === undefined ? channel.retentionDays : retentionDays,
    archivedAt: archivedAtOf(channel.archivedAt, isArchived, context.now()),
  }
  sqlite
    .prepare(
      `UPDATE channels SET name = @name, slug = @slug, description = @description,
         posting = @posting, retention_days = @retentionDays, archived_at = @archivedAt, updated_at = @now
       WHERE id = @channelId`,
    )
    .run({ ...next, channelId, now: context.now() })

  const of = { entityType: 'channel', entityId: channelId } as const
  const fields = (['name', 'slug', 'description'] as const).filter(
    (field) => next[field] !== channel[field],
  )
  if (fields.length > 0) {
    audit(context, commander, { ...of, action: 'channel.updated', details: { fields } })
  }
  if (next.posting !== channel.posting) {
    const details = { from: channel.posting, to: next.posting }
    audit(context, commander, { ...of, action: 'channel.posting_changed', details })
  }
  if (next.retentionDays !== channel.retentionDays) {
    const details = { from: channel.retentionDays, to: next.retentionDays }
    audit(context, commander, { ...of, action: 'channel.retention_changed', details })
  }
  if ((next.archivedAt === null) !== (channel.archivedAt === null)) {
    const action = next.archivedAt === null ? 'channel.reopened' : 'channel.archived'
    audit(context, commander, { ...of, action })
  }
}

function archivedAtOf(
  standing: number | null,
  isArchived: boolean | undefined,
  now: number,
): number | null {
  if (isArchived === undefined) return standing
  return isArchived ? (standing ?? now) : null
}

function move(
  context: CommandContext,
  commander: Commander,
  { channelId, channel, changes: { categoryId = channel.categoryId, position } }: Update,
): void {
  const { sqlite } = context.database
  const hasCategory = sqlite.prepare('SELECT 1 FROM channel_categories WHERE id = ?')
  if (categoryId !== null && hasCategory.get(categoryId) === undefined) {
    throw new AppError('not_found', { message: 'There is no such category' })
  }
  placeChannel(sqlite, channelId, { categoryId, position })
  const deed = { action: 'channel.moved', entityType: 'channel', entityId: channelId } as const
  audit(context, commander, { ...deed, details: { categoryId, position: position ?? null } })
}
