/** The server's memory over time, of all the processes that it was. */
import { readMemory } from '../bench/process-usage.ts'

export interface MemoryReport {
  startBytes: number
  peakBytes: number
  endBytes: number
  /** Of the process that lived longest; undefined when none lived long enough to tell. */
  growthPerHourBytes: number | undefined
}

export interface MemoryRecord {
  /** Notes what a process uses now; one that is gone is passed over. */
  sample: (pid: number) => void
  report: () => MemoryReport
}

interface Sample {
  pid: number
  atMs: number
  bytes: number
}

const HOUR_MS = 3_600_000
/** While it starts and fills its caches, a process grows as it never will again. */
const WARM_UP_MS = 20_000
const LEAST_SAMPLES = 10

export function createMemoryRecord(now: () => number, read = readMemory): MemoryRecord {
  const samples: Sample[] = []
  let peakBytes = 0
  return {
    sample(pid) {
      let memory: ReturnType<typeof readMemory>
      try {
        memory = read(pid)
      } catch {
        return // it has just been killed
      }
      if (!Number.isFinite(memory.nowBytes)) return
      peakBytes = Math.max(peakBytes, memory.peakBytes)
      samples.push({ pid, atMs: now(), bytes: memory.nowBytes })
    },
    report: () => ({
      startBytes: samples[0]?.bytes ?? 0,
      peakBytes,
      endBytes: samples.at(-1)?.bytes ?? 0,
      growthPerHourBytes: growthOf(samples),
    }),
  }
}

/** The slope of the line that fits best. */
function growthOf(samples: readonly Sample[]): number | undefined {
  const lives = [...Map.groupBy(samples, ({ pid }) => pid).values()].map((life) =>
    life.filter(({ atMs }) => atMs - (life[0]?.atMs ?? 0) >= WARM_UP_MS),
  )
  const longest = lives.toSorted((one, other) => other.length - one.length)[0] ?? []
  if (longest.length < LEAST_SAMPLES) return undefined
  const meanAt = longest.reduce((sum, { atMs }) => sum + atMs, 0) / longest.length
  const meanBytes = longest.reduce((sum, { bytes }) => sum + bytes, 0) / longest.length
  let above = 0
  let below = 0
  for (const { atMs, bytes } of longest) {
    above += (atMs - meanAt) * (bytes - meanBytes)
    below += (atMs - meanAt) ** 2
  }
  return (above / below) * HOUR_MS
}
