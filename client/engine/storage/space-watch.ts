/**
 * How much of this device's space is left for copies: background copying stops well before the
 * browser's quota, so that what is typed always finds room. Begins again only when clearly more is
 * free, else it would stop and go with every segment.
 */
export interface SpaceWatch {
  /** No more copies are made: there is too little space. */
  isShort: () => boolean
  /** A write found no space, whatever the estimate says. */
  noteFull: () => void
  /** Asks the browser again; call when something was stored or freed. */
  measure: () => void
  close: () => void
}

export interface SpaceWatchDeps {
  /** Undefined in browsers that do not say. */
  estimate: (() => Promise<{ usage?: number; quota?: number }>) | undefined
  onChange: () => void
  onFailure: (error: unknown) => void
}

/** Shares of the quota. */
const STOP_AT = 0.8
const GO_ON_BELOW = 0.7
/** While space is short; others may free some. */
const MEASURE_AGAIN_MS = 60_000

export function createSpaceWatch({ estimate, onChange, onFailure }: SpaceWatchDeps): SpaceWatch {
  let isShort = false
  let isMeasuring = false
  /** A write found no space: an estimate that says otherwise is not believed for a while. */
  let isFull = false
  let isClosed = false
  let timer: ReturnType<typeof setTimeout> | undefined

  function setShort(next: boolean): void {
    clearTimeout(timer)
    if (isClosed) return
    if (next) {
      timer = setTimeout(() => {
        isFull = false
        measure()
      }, MEASURE_AGAIN_MS)
    }
    if (next === isShort) return
    isShort = next
    onChange()
  }

  async function readShare(): Promise<number> {
    const { usage = 0, quota = 0 } = (await estimate?.()) ?? {}
    return quota === 0 ? 0 : usage / quota
  }

  function measure(): void {
    if (isMeasuring || isFull || isClosed) return
    isMeasuring = true
    void readShare()
      .then((share) => {
        if (!isFull) setShort(share > (isShort ? GO_ON_BELOW : STOP_AT))
      }, onFailure)
      .finally(() => {
        isMeasuring = false
      })
  }

  return {
    isShort: () => isShort,
    noteFull() {
      isFull = true
      setShort(true)
    },
    measure,
    close() {
      isClosed = true
      clearTimeout(timer)
    },
  }
}
