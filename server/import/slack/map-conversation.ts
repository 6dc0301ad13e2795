/** A conversation as Slack lists it -> a channel or a DM thread of our own. Pure but for `people`. */
import { threadIdOf } from '../../../shared/ids.ts'
import { slugOf } from '../channel-slug.ts'
import type { ImportedChannel, ImportedThread } from '../imported-records.ts'
import { toCleanText } from '../text/clean-text.ts'
import { decodeEntities } from './mrkdwn-tokens.ts'
import type { SlackConversationFiles } from './open-slack-export.ts'
import type { People } from './people.ts'
import { channelIdOf } from './slack-ids.ts'

export type MappedConversation =
  | { kind: 'channel'; channel: ImportedChannel }
  | { kind: 'dm'; thread: ImportedThread }

/** Undefined for a DM that does not say who is in it. */
export function mapConversation(
  { kind, record }: SlackConversationFiles,
  { workspace, people }: { workspace: string; people: People },
): MappedConversation | undefined {
  const createdAt = Math.round((record.created ?? 0) * 1000)
  const memberIds = [...new Set((record.members ?? []).map((id) => people.ofUser(id).id))]
  if (kind === 'dm') {
    if (memberIds.length === 0) return undefined
    return {
      kind: 'dm',
      thread: { id: threadIdOf(memberIds), createdAt, participantIds: memberIds },
    }
  }
  const name = toCleanText(record.name ?? '').trim() || record.id.toLowerCase()
  const creator = record.creator ? people.find(record.creator) : undefined
  const channel: ImportedChannel = {
    // The time in the id is of the Slack id's own making too: another export may omit `created`.
    id: channelIdOf(workspace, record.id, 0),
    name,
    slug: slugOf(name) ?? slugOf(record.id) ?? 'channel',
    description: describe(record.purpose?.value, record.topic?.value),
    type: kind === 'private' ? 'PRIVATE' : 'PUBLIC',
    createdBy: creator?.id,
    createdAt,
    isArchived: record.is_archived === true,
    memberIds,
  }
  return { kind: 'channel', channel }
}

/** What the channel is for, and below it what it is about now, unless both say the same. */
function describe(purpose: string | undefined, topic: string | undefined): string | null {
  const [first, second] = [purpose, topic].map((text) =>
    decodeEntities(toCleanText(text ?? '')).trim(),
  )
  return [...new Set([first, second])].filter(Boolean).join('\n\n') || null
}
