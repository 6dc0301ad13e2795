/** What a benchmark and the processes of its clients say to each other. */
import type { Seat, ServerKind } from './load-client.ts'

export type WorkerRequest =
  | { type: 'open'; kind: ServerKind; seats: readonly WorkerSeat[] }
  | { type: 'run'; run: LoadRun }

/** A client's seat, and its number among the clients of all processes. */
export interface WorkerSeat {
  seat: Seat
  client: number
}

export type WorkerAnswer =
  | { type: 'opened' }
  | { type: 'ran'; result: WorkerResult }
  | { type: 'failed'; reason: string }

export interface Load {
  /** Of all clients together. */
  messagesPerSecond: number
  seconds: number
}

export interface LoadRun extends Load {
  /** Counts the runs of these clients. */
  number: number
  /** Clients of all processes. */
  clients: number
  /** When the first message may be due; ms UTC, as `nowMs` tells it. */
  startAt: number
}

/** What one process of clients saw. */
export interface WorkerResult {
  deliveries: number
  duplicates: number
  isCorrect: boolean
  lastArrivalAt: number
  /** ms from when a message was due to when it stood on a screen. */
  latencies: Float64Array
  cpuMs: number
  peakBytes: number
}

/** The same in all processes of a machine, in fractions of ms. */
export const nowMs = (): number => performance.timeOrigin + performance.now()
