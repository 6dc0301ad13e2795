/** What a process of this machine has used so far, by Linux's `/proc`. */
import { readFileSync, writeFileSync } from 'node:fs'

/** Linux counts processor time in ticks of 10 ms on every machine that Node runs on. */
const TICK_MS = 10

/** Processor time of all threads, user and system, ms. */
export function readCpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name of the program, in brackets, may itself contain spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** Resident memory: the most so far, and now. */
export function readMemory(pid: number): { peakBytes: number; nowBytes: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const read = (name: string): number => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)
    return Number(found?.[1]) * 1024
  }
  return { peakBytes: read('VmHWM'), nowBytes: read('VmRSS') }
}

/** Lets the peak begin anew from what is used now. */
export function resetPeakMemory(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}
