/** How much this browser keeps on its disk, for whoever wonders what a full offline copy costs. */
import { useCallback, useState } from 'react'

export interface KeptBytes {
  /** Undefined until it was measured, and in browsers that do not say. */
  bytes: number | undefined
  measure: () => void
}

export function useKeptBytes(): KeptBytes {
  const [bytes, setBytes] = useState<number>()
  const measure = useCallback(() => {
    const { storage } = globalThis.navigator
    if (storage === undefined) return
    void storage.estimate().then(({ usage }) => setBytes(usage), globalThis.reportError)
  }, [])
  return { bytes, measure }
}
