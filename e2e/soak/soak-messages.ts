/** What the soak and its worker processes tell each other. */
import type { ChannelId, MessageId, UserId } from '../../shared/ids.ts'

export interface SoakSeat {
  userId: UserId
  cookie: string
}

export type SoakRequest =
  | { type: 'start'; url: string; channelId: ChannelId; seats: SoakSeat[]; seed: number }
  /** Nobody writes any more, and links are good. */
  | { type: 'calm' }
  | { type: 'compare' }
  | { type: 'close' }

/** What a worker has when it is asked. */
export interface SoakOutcome {
  /** What is not delivered, not equal among its clients, or there twice. */
  faults: string[]
  /** Written by its clients, and shown to them as sent. */
  acknowledged: MessageId[]
  /** What each of its clients shows, as a digest. */
  digest: string
  messages: number
}
