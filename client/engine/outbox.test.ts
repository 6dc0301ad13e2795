import 'fake-indexeddb/auto'
import { openDB } from 'idb'
import { afterEach, expect, test } from 'vitest'
import { formatConversationName } from '../../shared/document/names.ts'
import type { ChannelId, MessageId } from '../../shared/ids.ts'
import { ada, createIdSequence, message } from '../../shared/testing/updates.ts'
import type { OutboxEntry } from './outbox-entry.ts'
import { openOutbox, type Outbox } from './outbox.ts'
import { createStorageMonitor } from './storage/storage-monitor.ts'

const nextId = createIdSequence()
const documentName = formatConversationName({ kind: 'channel', id: nextId<ChannelId>() })
let outbox: Outbox

function fail(error: unknown): never {
  throw error
}

async function open(databaseName: string): Promise<Outbox> {
  outbox = await openOutbox({
    databaseName,
    monitor: createStorageMonitor({
      onChange: () => undefined,
      onFailure: fail,
      makeRoom: () => Promise.resolve(false),
    }),
    onDamaged: fail,
    userId: ada,
    now: Date.now,
    newMessageId: () => nextId<MessageId>(),
  })
  return outbox
}
afterEach(() => outbox.close())

function entry(order: number): OutboxEntry {
  const messageId = nextId<MessageId>()
  return {
    ...{ id: nextId(), documentName, kind: 'message', root: 'messages', key: messageId, messageId },
    ...{ value: message(ada), order, clientId: 1, clock: order },
  }
}

async function idsOnDisk(databaseName: string): Promise<IDBValidKey[]> {
  const database = await openDB(databaseName)
  const keys = await database.getAllKeys('entries')
  database.close()
  return keys
}

test('P5 what is given up together leaves the disk together, whenever the page goes away', async () => {
  const { put, remove, stored } = await open('together')
  const all = Array.from({ length: 15 }, (_, index) => entry(index))
  all.forEach(put)
  await stored()
  expect(await idsOnDisk('together')).toHaveLength(15)
  const others = new BroadcastChannel('together')
  /** What is on the disk when the first of them has left it. */
  const first = new Promise<IDBValidKey[]>((resolve) => {
    others.addEventListener('message', ({ data }) => {
      if (data === all[0]?.id) resolve(idsOnDisk('together'))
    })
  })
  for (const { id } of all) remove(id)
  expect(await first).toEqual([])
  others.close()
})

test('P5 what is removed before it was written stays away, and what is put back afterwards stays', async () => {
  const { put, remove, stored } = await open('in-order')
  const [kept, gone, back] = [entry(1), entry(2), entry(3)]
  put(kept)
  put(back)
  remove(back.id)
  put(gone)
  remove(gone.id)
  put(back)
  await stored()
  expect(await idsOnDisk('in-order')).toEqual([kept.id, back.id].toSorted())
})
