/**
 * Which of the tabs of one person leads, by a Web Lock: whoever holds it does, and the browser
 * gives it to the next when that tab closes or crashes. A tab that waits may also take it.
 */

export interface Leadership {
  isLeading: () => boolean
  /** Takes the lead from a tab that does not answer. */
  take: () => void
  /** Gives the lead up, or waits for it no longer. */
  withdraw: () => void
}

export interface LeadershipDeps {
  locks: Pick<LockManager, 'request'>
  lockName: string
  onLead: () => void
  /** Another tab took the lead; this one waits for it again. */
  onLost: () => void
}

/** Resolves when it is known whether this tab leads now; rejects where locks are not given. */
export async function seekLeadership(deps: LeadershipDeps): Promise<Leadership> {
  const { locks, lockName } = deps
  /** Ends the hold on the lock; undefined while this tab does not lead. */
  let release: (() => void) | undefined
  let waiting = new AbortController()
  let isWithdrawn = false

  /** Settles when the hold ends, or when there was none. `onAnswer` hears as soon as that is known. */
  async function request(options: LockOptions, onAnswer?: () => void): Promise<void> {
    let isHeld = false
    try {
      await locks.request(lockName, options, (lock) => {
        isHeld = lock !== null && !isWithdrawn
        if (!isHeld) wait()
        const held = isHeld ? hold() : undefined
        onAnswer?.()
        return held
      })
    } catch (error) {
      if (!isHeld) throw error
      release = undefined
      if (isWithdrawn) return
      deps.onLost()
      wait()
    }
  }

  function hold(): Promise<void> {
    return new Promise((resolve) => {
      release = resolve
      deps.onLead()
    })
  }

  function wait(): void {
    if (isWithdrawn) return
    waiting = new AbortController()
    const { signal } = waiting
    request({ signal }).catch((error: unknown) => {
      if (!signal.aborted) globalThis.reportError(error)
    })
  }

  await new Promise<void>((resolve, reject) => {
    request({ ifAvailable: true }, resolve).catch(reject)
  })

  return {
    isLeading: () => release !== undefined,
    take() {
      if (release !== undefined || isWithdrawn) return
      waiting.abort()
      request({ steal: true }).catch(globalThis.reportError)
    },
    withdraw() {
      isWithdrawn = true
      waiting.abort()
      release?.()
      release = undefined
    },
  }
}
