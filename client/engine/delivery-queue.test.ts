import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'
import { formatConversationName } from '../../shared/document/names.ts'
import type { ChannelId, MessageId } from '../../shared/ids.ts'
import { ada, createIdSequence, message } from '../../shared/testing/updates.ts'
import { createDeliveryQueue, type DeliveryQueue } from './delivery-queue.ts'
import { openOutbox, type Outbox } from './outbox.ts'
import { createStorageMonitor } from './storage/storage-monitor.ts'

const nextId = createIdSequence()
const documentName = formatConversationName({ kind: 'channel', id: nextId<ChannelId>() })
let tabs: { outbox: Outbox; queue: DeliveryQueue; document: Y.Doc }[]

function fail(error: unknown): never {
  throw error
}

async function openTab(databaseName: string) {
  const document = new Y.Doc()
  const outbox = await openOutbox({
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
  const queue = createDeliveryQueue({
    documentName,
    outbox,
    clock: { now: Date.now, next: () => Date.now(), correct: () => undefined },
    newId: () => nextId<MessageId>(),
    target: () => document,
    onFound: () => queue.deliverNext(),
    outdated: () => undefined,
    onChange: () => undefined,
  })
  const tab = { outbox, queue, document }
  tabs.push(tab)
  return tab
}

beforeEach(() => {
  tabs = []
})
afterEach(async () => {
  for (const { queue, outbox } of tabs) {
    queue.stop()
    await outbox.close()
  }
})

test('P5 what another tab delivered does not hold up what waits behind it here', async () => {
  const databaseName = `outbox-${nextId()}`
  const before = await openTab(databaseName)
  const ids = [nextId<MessageId>(), nextId<MessageId>()]
  for (const messageId of ids) {
    const value = message(ada, { content: 'written before a reload' })
    before.queue.write({ kind: 'message', messageId, root: 'messages', key: messageId, value })
  }
  await before.outbox.close()

  const one = await openTab(databaseName)
  const other = await openTab(databaseName)
  for (const { queue } of [one, other]) {
    await queue.load()
    queue.deliverNext()
  }
  const standing = (): string[] => [...rootMap(one.document, 'messages').keys()]
  expect(standing()).toEqual([ids[0]])
  other.queue.settle(other.document.clientID, Number.MAX_SAFE_INTEGER)
  await expect.poll(standing).toEqual(ids)
})
