/** The process of all clients of a benchmark: opens them, and drives a load when it is told to. */
import { openConnectNowClient } from './open-connectnow-client.ts'
import { openRelayClient } from './open-relay-client.ts'
import { openSocketIoClient } from './open-socketio-client.ts'
import { openStockClient } from './open-stock-client.ts'
import type { LoadClient, OpenLoadClient, ServerKind } from './load-client.ts'
import { driveLoad, type Screens } from './drive-load.ts'
import type { WorkerAnswer, WorkerRequest } from './worker-messages.ts'

const openers: Record<ServerKind, OpenLoadClient> = {
  connectnow: openConnectNowClient,
  'ws-relay': openRelayClient,
  'socketio-sqlite': openSocketIoClient,
  'stock-hocuspocus': openStockClient,
}
const AT_ONCE = 20

const screens: Screens = { onMessage: () => undefined }
const clients: LoadClient[] = []
let serverPid = 0
let runs = 0

async function answer(request: WorkerRequest): Promise<WorkerAnswer> {
  switch (request.type) {
    case 'open': {
      ;({ serverPid } = request)
      const { kind, seats } = request
      for (let start = 0; start < seats.length; start += AT_ONCE) {
        const opening = seats
          .slice(start, start + AT_ONCE)
          .map((seat, index) =>
            openers[kind](seat, (text) => screens.onMessage(start + index, text)),
          )
        clients.push(...(await Promise.all(opening)))
      }
      return { type: 'opened' }
    }
    case 'run':
      runs += 1
      return {
        type: 'ran',
        result: await driveLoad({ clients, screens, serverPid, run: runs }, request.load),
      }
  }
}

process.on('message', (request: WorkerRequest) => {
  answer(request)
    .catch((error: unknown): WorkerAnswer => ({
      type: 'failed',
      reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }))
    .then((said) => process.send?.(said))
    .catch(() => process.exit(1)) // nobody is there to be told
})
process.on('disconnect', () => process.exit(0))
// y-indexeddb leaves its failure to open unhandled, of which a browser only takes note.
process.on('unhandledRejection', (error) => {
  if (!(error instanceof DOMException)) throw error
})
