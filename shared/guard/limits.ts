/** How much one update may carry. Rates are kept by the server, which has a clock. */

export interface GuardLimits {
  maxUpdateBytes: number
  /** Most values that one update may write, replaced ones included. */
  maxUnits: number
  /** Most values that one update may write under one key. */
  maxUnitsPerKey: number
  /** Most keys that one update may change. */
  maxRecords: number
  /** Most clientIDs that one update may bring new changes of. */
  maxClients: number
  /**
   * Most clientIDs under which one person may write into one document: each of them costs everybody
   * who has it open, for ever.
   */
  maxClientsPerPerson: number
  /** Most reactions of one person to one message. */
  maxReactionsPerMessage: number
  /** How far ahead of the server's clock a time may lie, in ms. */
  maxAheadMs: number
}

export const defaultGuardLimits: GuardLimits = {
  maxUpdateBytes: 1_048_576,
  maxUnits: 4_000,
  maxUnitsPerKey: 500,
  maxRecords: 1_000,
  maxClients: 16,
  // Above the number at which a segment is followed by the next: nobody meets it in the newest one.
  maxClientsPerPerson: 400,
  maxReactionsPerMessage: 30,
  maxAheadMs: 300_000,
}

export function isTooFarAhead(time: number, now: number, { maxAheadMs }: GuardLimits): boolean {
  return time > now + maxAheadMs
}
