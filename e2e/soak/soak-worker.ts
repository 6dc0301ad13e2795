/** A process of the soak that holds some of its clients, and compares them in the end. */
import 'fake-indexeddb/auto'
import { createHash } from 'node:crypto'
import { createSeededRandom } from '../testing/seeded-random.ts'
import { openSoakClient, type SoakClient } from './soak-client.ts'
import type { SoakOutcome, SoakRequest } from './soak-messages.ts'

let clients: SoakClient[] = []
let lives: Promise<unknown> = Promise.resolve()

process.on('message', (request: SoakRequest) => {
  void answer(request)
})

async function answer(request: SoakRequest): Promise<void> {
  switch (request.type) {
    case 'start':
      clients = await Promise.all(
        request.seats.map((seat, index) =>
          openSoakClient({ ...request, seat, random: createSeededRandom(request.seed + index) }),
        ),
      )
      lives = Promise.all(clients.map((client) => client.live()))
      return
    case 'calm':
      for (const client of clients) client.stop()
      return
    case 'compare':
      await lives
      process.send?.(compare())
      return
    case 'close':
      for (const client of clients) await client.close()
      process.disconnect?.()
  }
}

function compare(): SoakOutcome {
  const faults = findFaults()
  const shown = clients[0]?.handle.snapshot().messages ?? []
  const ids = new Set(shown.map(({ id }) => id))
  if (ids.size !== shown.length) faults.push('a message stands there twice')
  const acknowledged = clients.flatMap((client) => [...client.acknowledged])
  for (const id of acknowledged) if (!ids.has(id)) faults.push(`${id} was sent, and is gone`)
  const digest = clients[0] === undefined ? '' : digestOf(clients[0])
  return { faults, acknowledged, digest, messages: shown.length }
}

/** Brings all of the conversation to the screen, and tells what is not as it will have to be. */
function findFaults(): string[] {
  const faults = clients.flatMap(({ engine, handle }, index) => {
    handle.loadOlder()
    const { messages, undelivered, older } = handle.snapshot()
    const refused = messages.flatMap(({ delivery }) =>
      delivery.state === 'refused' ? [delivery] : [],
    )
    for (const { outboxId } of [...refused, ...undelivered]) handle.retry(outboxId)
    const { connection, pendingCount, refusedCount, missingCopies } = engine.status.snapshot()
    const isDone = connection === 'online' && pendingCount + refusedCount + missingCopies === 0
    if (isDone && older === 'none') return []
    return [
      `client ${index}: ${connection}, ${pendingCount} pending, ${refusedCount} refused, ${missingCopies} copies missing, older: ${older}`,
    ]
  })
  if (faults.length > 0) return faults
  return new Set(clients.map(digestOf)).size === 1 ? [] : ['the screens differ']
}

function digestOf({ handle }: SoakClient): string {
  const shown = handle.snapshot().messages.map(({ id, record, isPinned, reactions }) => ({
    id,
    record: Object.entries(record).toSorted(([one], [other]) => (one < other ? -1 : 1)),
    isPinned,
    reactions: reactions
      .map(({ emoji, userIds }) => [emoji, ...userIds.toSorted()].join())
      .toSorted(),
  }))
  return createHash('sha256').update(JSON.stringify(shown)).digest('hex')
}
