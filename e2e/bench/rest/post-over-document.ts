/** One device that sends a message, waits until it is on the server's disk, and sends the next. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { forbidIndexedDb } from '../clients/forbid-indexed-db.ts'
import type { Seat } from '../clients/load-client.ts'
import { openConnectNowClient } from '../clients/open-connectnow-client.ts'
import { readCpuMs } from '../process-usage.ts'
import type { SentRequests } from './request-load.ts'

/** Takes IndexedDB from this process: what a browser writes to its own disk is not measured. */
export async function postOverDocument(
  seat: Seat,
  pid: number,
  texts: readonly string[],
): Promise<SentRequests> {
  forbidIndexedDb()
  const client = await openConnectNowClient(seat, () => undefined)
  const timesMs: number[] = []
  const cpuBefore = { server: readCpuMs(pid), client: readCpuMs(process.pid) }
  const startedAt = performance.now()
  for (const text of texts) {
    const start = performance.now()
    client.send(text)
    do await nextTurn()
    while (!client.isSettled())
    timesMs.push(performance.now() - start)
  }
  const tookMs = performance.now() - startedAt
  const serverCpuMs = readCpuMs(pid) - cpuBefore.server
  const clientCpuMs = readCpuMs(process.pid) - cpuBefore.client
  await client.close()
  return { timesMs, tookMs, serverCpuMs, clientCpuMs, bytes: 0 }
}
