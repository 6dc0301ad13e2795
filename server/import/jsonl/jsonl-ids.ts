/**
 * Ids of what a history in JSON lines holds, always the same ones, so that importing it again, or
 * with more at its end, meets what is there already. Pure.
 */
import {
  channelIdSchema,
  messageIdSchema,
  userIdSchema,
  type ChannelId,
  type MessageId,
  type UserId,
} from '../../../shared/ids.ts'
import { deriveId, hashOf } from '../derive-id.ts'
import type { JsonlTime } from './jsonl-records.ts'

export function personIdOf(workspace: string, user: string): UserId {
  return userIdSchema.parse(deriveId({ ms: 0 }, hashOf('jsonl person', workspace, user)))
}

export function channelIdOf(workspace: string, channel: string): ChannelId {
  return channelIdSchema.parse(deriveId({ ms: 0 }, hashOf('jsonl channel', workspace, channel)))
}

export interface MessagePlace extends JsonlTime {
  /** The how-manieth message of its channel with this very time, counted from 0. */
  ordinal: number
  /** Of a message that had to be split, counted from 0. */
  part?: number
}

/** Answers the ids of one channel's messages, which sort as the messages stand in the file. */
export function createMessageIds(
  workspace: string,
  channel: string,
): (place: MessagePlace) => MessageId {
  const hash = hashOf('jsonl message', workspace, channel)
  return ({ ms, micros, ordinal, part = 0 }) =>
    messageIdSchema.parse(deriveId({ ms, order: micros, ordinal, part }, hash))
}
