/**
 * Slack ids -> ids of our own, always the same ones, so that importing an export twice, or a later
 * export of the same workspace, meets what is there already. Pure.
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

export interface SlackTime {
  /** ms UTC. */
  ms: number
  /** The microseconds that remain; old Slack numbered the messages of a second with them. */
  micros: number
}

/** Reads a Slack timestamp that its schema has accepted. */
export function readSlackTime(ts: string): SlackTime {
  const [seconds = '0', fraction = '0'] = ts.split('.')
  const micros = Number(fraction.padEnd(6, '0'))
  return { ms: Number(seconds) * 1000 + Math.floor(micros / 1000), micros: micros % 1000 }
}

/** Slack says of no person when they came, so these ids carry time 0. */
export function personIdOf(workspace: string, slackKey: string): UserId {
  return userIdSchema.parse(deriveId({ ms: 0 }, hashOf('person', workspace, slackKey)))
}

export function channelIdOf(workspace: string, slackId: string, createdMs: number): ChannelId {
  return channelIdSchema.parse(deriveId({ ms: createdMs }, hashOf('channel', workspace, slackId)))
}

/**
 * Ids sort as Slack's timestamps do, within one millisecond too, and the parts of a message that
 * had to be split sort as they read.
 */
export function messageIdOf(
  conversation: { workspace: string; slackId: string },
  ts: string,
  part = 0,
): MessageId {
  const { ms, micros } = readSlackTime(ts)
  const bits = hashOf('message', conversation.workspace, conversation.slackId, canonical(ts))
  return messageIdSchema.parse(deriveId({ ms, order: micros, part }, bits))
}

function canonical(ts: string): string {
  const { ms, micros } = readSlackTime(ts)
  return `${ms}.${micros}`
}
