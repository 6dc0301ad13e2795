/** One device that sends a message, waits until it is on the server's disk, and sends the next. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { forbidIndexedDb } from '../clients/forbid-indexed-db.ts'
import type { Seat } from '../clients/load-client.ts'
import { openConnectNowClient } from '../clients/open-connectnow-client.ts'
import { readCpuMs } from '../process-usage.ts'
import { percentilesOf, type RequestTimes } from './request-load.ts'

/** Takes IndexedDB from this process: what a browser writes to its own disk is not measured. */
export async function postOverDocument(
  seat: Seat,
  pid: number,
  texts: readonly string[],
): Promise<RequestTimes> {
  forbidIndexedDb()
  const client = await openConnectNowClient(seat, () => undefined)
  const times: number[] = []
  const cpuBefore = readCpuMs(pid)
  const startedAt = performance.now()
  for (const text of texts) {
    const start = performance.now()
    client.send(text)
    do await nextTurn()
    while (!client.isSettled())
    times.push(performance.now() - start)
  }
  const seconds = (performance.now() - startedAt) / 1_000
  const cpuMs = (readCpuMs(pid) - cpuBefore) / texts.length
  await client.close()
  return { perSecond: texts.length / seconds, cpuMs, ...percentilesOf(times) }
}
