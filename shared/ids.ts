/**
 * Branded ids. All are lower-case UUIDv7 but a DM thread's, which is derived from the people in
 * it so that two devices that start the same DM offline meet in the same document. Nothing here
 * reads a clock or a random source: who makes an id passes both.
 */
import { v5 as uuidV5, v7 as uuidV7 } from 'uuid'
import { z } from 'zod'

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const UUID_V5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

export const userIdSchema = z.string().regex(UUID_V7).brand<'UserId'>()
export const channelIdSchema = z.string().regex(UUID_V7).brand<'ChannelId'>()
export const categoryIdSchema = z.string().regex(UUID_V7).brand<'CategoryId'>()
export const messageIdSchema = z.string().regex(UUID_V7).brand<'MessageId'>()
export const fileIdSchema = z.string().regex(UUID_V7).brand<'FileId'>()
export const threadIdSchema = z.string().regex(UUID_V5).brand<'ThreadId'>()

export type UserId = z.infer<typeof userIdSchema>
export type ChannelId = z.infer<typeof channelIdSchema>
/** The id of a category of channels. */
export type CategoryId = z.infer<typeof categoryIdSchema>
export type MessageId = z.infer<typeof messageIdSchema>
export type FileId = z.infer<typeof fileIdSchema>
/** The id of a DM thread. */
export type ThreadId = z.infer<typeof threadIdSchema>
/** The id of a channel or of a DM thread, where it does not matter which. */
export type ConversationId = ChannelId | ThreadId

/** Where new ids take their time (ms UTC) and 16 random bytes from. */
export interface IdSource {
  now: () => number
  randomBytes: () => Uint8Array
}

/** Makes a UUIDv7; the caller brands it by parsing or by naming the type it wants. */
export function createId<Id extends string>(source: IdSource): Id {
  return uuidV7({ msecs: source.now(), random: source.randomBytes() }) as Id // a fresh UUIDv7 is valid for every brand but ThreadId
}

/** When a UUIDv7 was made, by the clock of the device that made it; ms UTC. */
export function timeOfId(id: UserId | ChannelId | MessageId): number {
  return Number.parseInt(id.replace('-', '').slice(0, 12), 16)
}

/** Namespace of DM thread ids. Fixed for ever: another value would split every existing DM. */
const THREAD_NAMESPACE = '6f1c1b52-6f0e-4c39-9d0c-7a0f5e1f3b8e'

/** The most people in one DM, its starter included. */
export const MAX_DM_PARTICIPANTS = 9

/** The id of the DM of exactly these people, whatever their order and repetitions. */
export function threadIdOf(participantIds: readonly UserId[]): ThreadId {
  const sorted = [...new Set(participantIds)].toSorted()
  return threadIdSchema.parse(uuidV5(sorted.join(','), THREAD_NAMESPACE))
}
