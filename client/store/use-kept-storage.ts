/** What this browser keeps on its disk, for whoever wonders what a full offline copy costs. */
import { useCallback, useState } from 'react'

export interface KeptStorage {
  /** Bytes; undefined in browsers that do not say. */
  usage: number | undefined
  /** How many bytes the browser gives at most. */
  quota: number | undefined
  /** False when the browser may delete it for want of space. */
  isPersisted: boolean
}

export interface MeasuredStorage {
  /** Undefined until it was measured. */
  kept: KeptStorage | undefined
  measure: () => void
}

export function useKeptStorage(): MeasuredStorage {
  const [kept, setKept] = useState<KeptStorage>()
  const measure = useCallback(() => void readKept().then(setKept, globalThis.reportError), [])
  return { kept, measure }
}

async function readKept(): Promise<KeptStorage | undefined> {
  const { storage } = globalThis.navigator
  if (storage === undefined) return undefined
  const [{ usage, quota }, isPersisted] = await Promise.all([
    storage.estimate(),
    storage.persisted(),
  ])
  return { usage, quota, isPersisted }
}
