/** What every client of a benchmark does, whatever the server that it talks to. */
import type { UserId, ChannelId } from '../../../shared/ids.ts'

export const serverKinds = [
  'connectnow',
  'ws-relay',
  'socketio-sqlite',
  'stock-hocuspocus',
] as const
export type ServerKind = (typeof serverKinds)[number]

/** Where a client connects to, and as whom. */
export interface Seat {
  url: string
  /** Of ConnectNow's people; the baselines know nobody. */
  person: SeatedPerson | undefined
}

export interface SeatedPerson {
  userId: UserId
  cookie: string
  channelId: ChannelId
  /** The address that the server takes it to come from: limits count by it. */
  address: string
}

export interface LoadClient {
  send: (text: string) => void
  /** The server has acknowledged all that was sent. */
  isSettled: () => boolean
  close: () => Promise<void>
}

/** Resolves when it is connected and in step; calls back for each message that is on its screen. */
export type OpenLoadClient = (seat: Seat, onMessage: (text: string) => void) => Promise<LoadClient>
