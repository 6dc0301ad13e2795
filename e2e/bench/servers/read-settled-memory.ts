/** What a server has in memory once its garbage is collected. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { z } from 'zod'
import type { RunningProcess } from './start-process.ts'

/** A server that is started with these can be asked. */
export const memoryArguments = [
  '--expose-gc',
  '--import',
  join(import.meta.dirname, 'report-memory.ts'),
]

const memorySchema = z.object({ rss: z.number(), heapUsed: z.number(), external: z.number() })
/** Bytes: resident, live objects, and what lies beside the heap. */
export type SettledMemory = z.infer<typeof memorySchema>

const TIMEOUT_MS = 30_000
const POLL_MS = 20

export async function readSettledMemory({
  pid,
  dataDir,
}: Pick<RunningProcess, 'pid' | 'dataDir'>): Promise<SettledMemory> {
  const file = join(dataDir, 'memory.json')
  rmSync(file, { force: true })
  process.kill(pid, 'SIGUSR2')
  const endsAt = performance.now() + TIMEOUT_MS
  while (!existsSync(file)) {
    if (performance.now() > endsAt) throw new Error('The server does not say what it has in memory')
    await after(POLL_MS)
  }
  return memorySchema.parse(JSON.parse(readFileSync(file, 'utf8')))
}
