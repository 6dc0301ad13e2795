/**
 * Asks the browser not to delete what is kept when space is short: with the first thing that its
 * person writes, when there is something to lose and a question, in browsers that put one, makes
 * sense. Asked once for each page; browsers remember what was answered.
 */
import type { EngineStatus, Observable } from '../engine/engine-interface.ts'

export function askToPersist(
  status: Observable<EngineStatus>,
  storage: Pick<StorageManager, 'persisted' | 'persist'> | undefined,
  onFailure: (error: unknown) => void,
): void {
  if (storage === undefined) return
  const stopWatching = status.subscribe(() => {
    const { pendingCount, storage: place } = status.snapshot()
    if (pendingCount === 0 || place === 'memory') return
    stopWatching()
    void ask(storage).catch(onFailure)
  })
}

async function ask(storage: Pick<StorageManager, 'persisted' | 'persist'>): Promise<void> {
  if (!(await storage.persisted())) await storage.persist()
}
