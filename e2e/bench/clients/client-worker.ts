/** A process of a benchmark's clients: opens them, and drives a load when it is told to. */
import { createLoadDriver } from './drive-load.ts'
import { forbidIndexedDb } from './forbid-indexed-db.ts'
import type { OpenLoadClient, ServerKind } from './load-client.ts'
import { openConnectNowClient } from './open-connectnow-client.ts'
import { openRelayClient } from './open-relay-client.ts'
import { openSocketIoClient } from './open-socketio-client.ts'
import { openStockClient } from './open-stock-client.ts'
import type { WorkerAnswer, WorkerRequest } from './worker-messages.ts'

const openers: Record<ServerKind, OpenLoadClient> = {
  connectnow: openConnectNowClient,
  'ws-relay': openRelayClient,
  'socketio-sqlite': openSocketIoClient,
  'stock-hocuspocus': openStockClient,
}
const AT_ONCE = 20

forbidIndexedDb()
const driver = createLoadDriver()

async function answer(request: WorkerRequest): Promise<WorkerAnswer> {
  switch (request.type) {
    case 'open': {
      const { kind, seats } = request
      for (let start = 0; start < seats.length; start += AT_ONCE) {
        await Promise.all(
          seats
            .slice(start, start + AT_ONCE)
            .map(async ({ seat, client }) =>
              driver.add(client, await openers[kind](seat, (text) => driver.note(client, text))),
            ),
        )
      }
      return { type: 'opened' }
    }
    case 'run':
      return { type: 'ran', result: await driver.drive(request.run) }
  }
}

process.on('message', (request: WorkerRequest) => {
  answer(request)
    .catch((error: unknown): WorkerAnswer => ({ type: 'failed', reason: describe(error) }))
    .then((said) => process.send?.(said))
    .catch(() => process.exit(1)) // nobody is there to be told
})
process.on('disconnect', () => process.exit(0))

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
