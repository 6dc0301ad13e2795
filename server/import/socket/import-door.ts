/** The running server's side of imports: its target, at a pace that people do not feel. */
import { performance } from 'node:perf_hooks'
import { setTimeout as after } from 'node:timers/promises'
import type { LiveNotifier } from '../../commands/live-notifier.ts'
import type { Engine } from '../../journal/open-engine.ts'
import { createCourteousPace } from '../pace.ts'
import { createStoreTarget, type StoreTargetDeps } from '../store-target.ts'
import { serveImports, type ImportDoor } from './serve-imports.ts'

export interface ImportDoorDeps extends Omit<StoreTargetDeps, 'pace' | 'onDirectoryChanged'> {
  dataDir: string
  engine: Pick<Engine, 'segments' | 'documents' | 'journal'>
  notifier: LiveNotifier
  onUnexpected: (error: unknown) => void
}

/** Open browsers read the lists again, which thousands of new people come to part by part. */
const NEWS_DELAY_MS = 2_000

/** For so long after somebody's last change people count as writing. */
const WRITING_MS = 10_000

/** Without it the server runs all the same, and an import needs it stopped: answers undefined. */
export async function openImportDoor(deps: ImportDoorDeps): Promise<ImportDoor | undefined> {
  const { dataDir, notifier, engine, now, onUnexpected } = deps
  let news: NodeJS.Timeout | undefined

  function tell(): void {
    news = undefined
    for (const topic of ['people', 'channels', 'dms'] as const) {
      notifier.publish('everyone', { topic })
    }
  }

  const target = createStoreTarget({
    ...deps,
    pace: createCourteousPace({
      now: () => performance.now(),
      usedMs: () => {
        const { user, system } = process.cpuUsage()
        return (user + system) / 1_000
      },
      rest: (ms) => after(ms),
      busyShare: createBusyShare(),
      arePeopleWriting: () => now() - engine.journal.latestByPersonAt() < WRITING_MS,
    }),
    onDirectoryChanged: () => {
      news ??= setTimeout(tell, NEWS_DELAY_MS)
    },
  })
  try {
    const door = await serveImports({ dataDir, target, onUnexpected })
    return {
      async close() {
        await door.close()
        clearTimeout(news)
      },
    }
  } catch (error) {
    onUnexpected(error)
    return undefined
  }
}

/** Which share of the time since the last call the event loop was not idle. */
function createBusyShare(): () => number {
  let last = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, last)
    last = now
    return utilization
  }
}
