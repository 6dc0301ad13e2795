/**
 * The group commit: runs everything that was asked for within one event-loop turn in ONE
 * transaction. Callers decide what a batch holds; this file decides when it runs.
 */

/** After a batch: nothing waits, more waits for a batch of its own, or something has failed. */
export type BatchOutcome = 'idle' | 'again' | 'later'

export interface GroupCommitDeps {
  runBatch: () => BatchOutcome
  /** Makes ready what had failed; a batch follows. */
  retry: () => void
}

export interface GroupCommit {
  /** Makes sure that a batch runs soon: after what the sockets bring in this turn. */
  schedule: () => void
  /** Runs batches now until nothing is waiting; does nothing within a batch. */
  settle: () => void
  /** Runs what is waiting, and no timer afterwards. */
  close: () => void
}

const FIRST_RETRY_MS = 1_000
const MAX_RETRY_MS = 60_000

export function createGroupCommit({ runBatch, retry }: GroupCommitDeps): GroupCommit {
  let scheduled: NodeJS.Immediate | undefined
  let retryTimer: NodeJS.Timeout | undefined
  let retryMs = FIRST_RETRY_MS
  let isRunning = false
  let isClosed = false

  function run(): BatchOutcome {
    isRunning = true
    try {
      const outcome = runBatch()
      if (outcome === 'later') retryLater()
      if (outcome === 'idle') retryMs = FIRST_RETRY_MS
      return outcome
    } finally {
      isRunning = false
    }
  }

  function retryLater(): void {
    if (isClosed || retryTimer !== undefined) return
    retryTimer = setTimeout(() => {
      retryTimer = undefined
      retry()
      schedule()
    }, retryMs)
    // What waits is in the journal: the process may end without it.
    retryTimer.unref()
    retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)
  }

  function schedule(): void {
    scheduled ??= setImmediate(() => {
      scheduled = undefined
      if (run() === 'again') schedule()
    })
  }

  function settle(): void {
    // An observer of a document may end up here while its batch is being applied: a second batch
    // in the middle of it would be judged by documents that lack what is accepted already.
    if (isRunning) return
    clearImmediate(scheduled)
    scheduled = undefined
    while (run() === 'again');
  }

  return {
    schedule,
    settle,
    close() {
      isClosed = true
      settle()
      clearTimeout(retryTimer)
    },
  }
}
