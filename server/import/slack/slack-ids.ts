/**
 * Slack ids -> ids of our own, always the same ones, so that importing an export twice, or a later
 * export of the same workspace, meets what is there already. Pure.
 */
import { createHash } from 'node:crypto'
import {
  channelIdSchema,
  messageIdSchema,
  userIdSchema,
  type ChannelId,
  type MessageId,
  type UserId,
} from '../../../shared/ids.ts'

/** Longest chain of messages that one Slack message may be split into. */
export const MAX_PARTS = 256

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
  return userIdSchema.parse(deriveId(0, 0, hash('person', workspace, slackKey)))
}

export function channelIdOf(workspace: string, slackId: string, createdMs: number): ChannelId {
  return channelIdSchema.parse(deriveId(createdMs, 0, hash('channel', workspace, slackId)))
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
  const bits = hash('message', conversation.workspace, conversation.slackId, canonical(ts))
  bits[8] = part >> 2
  bits[9] = ((part & 3) << 6) | ((bits[9] ?? 0) & 0x3f)
  return messageIdSchema.parse(deriveId(ms, micros, bits))
}

function canonical(ts: string): string {
  const { ms, micros } = readSlackTime(ts)
  return `${ms}.${micros}`
}

function hash(...parts: string[]): Uint8Array {
  return createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16)
}

/** Lays out a UUIDv7: 48 bits of time, 12 of order within it, 62 from the given bytes. */
function deriveId(ms: number, order: number, bits: Uint8Array): string {
  const bytes = Uint8Array.from(bits)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, Math.floor(ms / 2 ** 32))
  view.setUint32(2, ms % 2 ** 32)
  view.setUint16(6, 0x7000 | order)
  bytes[8] = 0x80 | ((bits[8] ?? 0) & 0x3f)
  const hex = Buffer.from(bytes).toString('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}
