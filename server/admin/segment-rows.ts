/** Which rows belong to one segment of a conversation, for those who compare or make them anew. */
import type { Conversation } from '../../shared/document/names.ts'
import { messageTables } from '../projection/project-message.ts'

export interface Segment {
  conversation: Conversation
  segment: number
}

/**
 * A condition on the columns `conversation_id` and `message_id`; its one parameter is the segment.
 * What belongs to no message counts as the first segment's, where it shows as a difference.
 */
export function isOfSegment({ conversation }: Segment): string {
  const { table, owner } = messageTables[conversation.kind]
  const place = `SELECT segment FROM ${table} WHERE ${owner} = conversation_id AND id = message_id`
  return `coalesce((${place}), 1) = ?`
}
