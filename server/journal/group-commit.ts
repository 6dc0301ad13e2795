/**
 * The group commit: runs everything that was asked for within one event-loop turn in ONE
 * transaction. Callers decide what a batch holds; this file decides when it runs.
 */

export interface GroupCommit {
  /** Makes sure that a batch runs soon: after what the sockets bring in this turn. */
  schedule: () => void
  /** Runs batches now until nothing is waiting. */
  settle: () => void
}

/** `runBatch` answers whether more is waiting for a batch of its own. */
export function createGroupCommit(runBatch: () => boolean): GroupCommit {
  let scheduled: NodeJS.Immediate | undefined
  const run = (): void => {
    scheduled = undefined
    if (runBatch()) schedule()
  }
  function schedule(): void {
    scheduled ??= setImmediate(run)
  }
  return {
    schedule,
    settle() {
      clearImmediate(scheduled)
      scheduled = undefined
      while (runBatch());
    },
  }
}
