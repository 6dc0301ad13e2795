/** What a benchmark and the process of its clients say to each other. */
import type { Seat, ServerKind } from './load-client.ts'

export type WorkerRequest =
  | { type: 'open'; kind: ServerKind; seats: readonly Seat[]; serverPid: number }
  | { type: 'run'; load: Load }

export type WorkerAnswer =
  | { type: 'opened' }
  | { type: 'ran'; result: LoadResult }
  | { type: 'failed'; reason: string }

export interface Load {
  /** Of all clients together. */
  messagesPerSecond: number
  seconds: number
}

export interface LoadResult {
  messages: number
  /** Each message to each client but its sender. */
  deliveries: number
  duplicates: number
  /** Everything has arrived once, and is acknowledged. */
  isCorrect: boolean
  /** From the first message that was due to the last that arrived. */
  durationMs: number
  /** ms from when a message was due to when it stood on a screen. */
  p50Ms: number
  p99Ms: number
  maxMs: number
  serverCpuMs: number
  clientCpuMs: number
  serverPeakBytes: number
  clientPeakBytes: number
}
