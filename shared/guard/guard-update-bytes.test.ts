import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { encodeEdits } from '../document/encode-edits.ts'
import { encodeUpdate } from '../document/encode-update.ts'
import { ADA_CLIENT, codeOf, conversation, decide, person, tombstone } from '../testing/guarding.ts'
import {
  ada,
  ben,
  cleo,
  copyOf,
  firstMessageId as firstId,
  mapsOf,
  message,
  now,
  secondMessageId as secondId,
  updateOf,
  updateSince,
} from '../testing/updates.ts'
import type { UserId } from '../ids.ts'
import { guardUpdate } from './guard-update.ts'
import { defaultGuardLimits } from './limits.ts'

test('P2.2 refuses an edit after a deletion, and a late one that Yjs would let win', () => {
  const document = conversation()
  const lateDevice = copyOf(document, 0xffff_fff0)
  Y.applyUpdate(
    document,
    updateOf(document, ({ messages }) => messages.set(firstId, tombstone()), 5),
  )
  mapsOf(lateDevice).messages.set(firstId, message(ada, { version: 2, content: 'late' }))
  expect(codeOf(decide(document, updateSince(lateDevice, document), person(ada)))).toBe(
    'already_deleted',
  )
})

test('P2.2 allows what a device made, edited and deleted while it was offline', () => {
  const document = conversation()
  const edited = updateOf(document, ({ messages }) => {
    messages.set(secondId, message(ben))
    messages.set(secondId, message(ben, { version: 2, content: 'b' }))
    messages.set(secondId, message(ben, { version: 3, content: 'c' }))
  })
  const decision = decide(document, edited)
  expect(decision).toMatchObject({
    allowed: true,
    changes: [{ after: { content: 'c', version: 3 } }],
  })
  const skipped = updateOf(document, ({ messages }) => {
    messages.set(secondId, message(ben))
    messages.set(secondId, message(ben, { version: 3, content: 'b' }))
  })
  expect(codeOf(decide(document, skipped))).toBe('version_mismatch')
})

test('P2.3 refuses to delete what stands while writing a value that loses', () => {
  const document = conversation()
  const stale = new Y.Doc()
  stale.clientID = 1
  mapsOf(stale).messages.set(firstId, message(ada))
  const attack = Y.mergeUpdates([
    Y.encodeStateAsUpdate(stale),
    updateOf(document, ({ messages }) => messages.delete(firstId)),
  ])
  expect(codeOf(decide(document, attack, person(ada)))).toBe('key_removed')
})

test('P2.10 refuses a clientID that belongs to another person', () => {
  const document = conversation()
  const forged = updateOf(
    document,
    ({ messages }) => messages.set(secondId, message(ben)),
    ADA_CLIENT,
  )
  expect(codeOf(decide(document, forged))).toBe('client_taken')
  const later = updateOf(document, ({ messages }) => messages.set(secondId, message(ben)), 77)
  expect(codeOf(decide(document, later, person(ben), { 77: cleo }))).toBe('client_taken')
  expect(decide(document, later)).toMatchObject({
    clients: [{ clientId: 77, clock: 1, isNew: true }],
  })
})

test('P2.11 refuses gaps and origins that the server lacks', () => {
  const document = conversation()
  const device = copyOf(document)
  mapsOf(device).messages.set(secondId, message(ben))
  const state = Y.encodeStateVector(device)
  mapsOf(device).messages.set(secondId, message(ben, { version: 2 }))
  const gap = Y.encodeStateAsUpdate(device, state)
  expect(codeOf(decide(document, gap))).toBe('missing_predecessor')

  const other = copyOf(device)
  mapsOf(other).messages.set(secondId, message(ben, { version: 3 }))
  const orphan = Y.encodeStateAsUpdate(other, Y.encodeStateVector(device))
  expect(codeOf(decide(document, orphan))).toBe('missing_predecessor')
})

test('P2.11 refuses garbage, also after a good update', () => {
  const document = conversation()
  const good = updateOf(document, ({ messages }) => messages.set(secondId, message(ben)))
  expect(codeOf(decide(document, new Uint8Array([1, 2, 3])))).toBe('malformed_update')
  expect(codeOf(decide(document, new Uint8Array([...good, 0])))).toBe('malformed_update')
  expect(codeOf(decide(document, new Uint8Array()))).toBe('malformed_update')
})

test('P2.11 lets a replay and an echoed delete set pass as nothing', () => {
  const document = conversation()
  const good = updateOf(document, ({ messages }) => messages.set(secondId, message(ben)))
  Y.applyUpdate(document, good)
  expect(decide(document, good)).toMatchObject({ allowed: true, isEmpty: true })
  expect(decide(document, Y.encodeStateAsUpdate(document))).toMatchObject({ isEmpty: true })
})

test('P2.12 refuses a huge delete set and one that deletes what nobody wrote yet', () => {
  const document = conversation()
  const future = Uint8Array.from([0, 1, 99, 1, 0, 127])
  expect(codeOf(decide(document, future))).toBe('missing_predecessor')
  const huge = new Uint8Array(defaultGuardLimits.maxUpdateBytes + 1)
  expect(codeOf(decide(document, huge))).toBe('update_too_large')
})

test('P2.12 refuses ten thousand records in one update', () => {
  const document = conversation()
  const flood = updateOf(document, ({ reactions }, device) =>
    device.transact(() => {
      for (let index = 0; index < 10_000; index += 1)
        reactions.set(`${firstId}/${ben}/${index}`, now)
    }),
  )
  expect(codeOf(decide(document, flood))).toBe('too_many_changes')
})

test('P2.13 keeps no byte of what the document already has', () => {
  const document = conversation()
  const device = copyOf(document)
  mapsOf(device).messages.set(secondId, message(ben))
  const decision = decide(document, Y.encodeStateAsUpdate(device))
  expect(decision.allowed && Y.decodeUpdate(decision.update).structs.length).toBe(1)
})

test('P2.13 guards the bytes of server-made edits like any others', () => {
  const document = conversation()
  const edits = [{ root: 'messages' as const, key: secondId, value: message(ben) }]
  const update = encodeEdits({ document, clientId: 5, edits })
  expect(codeOf(decide(document, update, person(ben), { 5: ben }))).toBe('allowed')
  expect(codeOf(decide(document, update, person(cleo), { 5: cleo }))).toBe('not_author')
})

test('P2.3 judges a struct that begins with what is known by the key that Yjs will put the rest under', () => {
  const document = conversation()
  const own = updateOf(document, ({ messages }) => messages.set(secondId, message(ben)), 33)
  Y.applyUpdate(document, own)
  const struct = new Y.Item(
    Y.createID(33, 0),
    null,
    null,
    null,
    null,
    null,
    null,
    new Y.ContentDeleted(2),
  )
  // Says that it belongs to a reaction of one's own; Yjs lets its second half follow the message.
  Object.assign(struct, { parent: 'reactions', parentSub: `${firstId}/${ben}/👍` })
  const run = { clientId: 33, clock: 0, offset: 0, structs: [struct] }
  const decision = decide(document, encodeUpdate([run], new Map()), person(ben), { 33: ben })
  expect(decision).toMatchObject({
    refusal: { code: 'key_removed', root: 'messages', key: secondId },
  })
})

test('P2.12 refuses more clientIDs, or more values of one key, than any device brings', () => {
  const document = conversation()
  const devices = Array.from({ length: 20 }, (_, index) =>
    updateOf(
      document,
      ({ reactions }) => reactions.set(`${firstId}/${ben}/:e${index}:`, now),
      100 + index,
    ),
  )
  expect(codeOf(decide(document, Y.mergeUpdates(devices)))).toBe('too_many_changes')
  const flood = updateOf(document, ({ reactions }) => {
    for (let index = 0; index < 600; index += 1) reactions.set(`${firstId}/${ben}/👍`, now)
  })
  expect(codeOf(decide(document, flood))).toBe('too_many_changes')
})

test('P2.13 keeps all that a device deleted, values that it replaced itself included', () => {
  const document = conversation()
  const device = new Y.Doc({ gc: false })
  Y.applyUpdate(device, Y.encodeStateAsUpdate(document))
  const { reactions } = mapsOf(device)
  device.transact(() => {
    for (let index = 0; index < 3; index += 1) reactions.set(`${firstId}/${ben}/👍`, now)
    reactions.delete(`${firstId}/${ben}/👍`)
  })
  const decision = decide(document, updateSince(device, document))
  if (!decision.allowed) throw new Error(decision.refusal.code)
  Y.applyUpdate(document, decision.update)
  expect(Y.equalSnapshots(Y.snapshot(document), Y.snapshot(device))).toBe(true)
})

test('P2.12 binds no more clientIDs of one person to a document than its segment is worth', () => {
  const document = conversation()
  const update = updateOf(document, ({ messages }) => messages.set(secondId, message(ben)))
  const input = { update, document, actor: person(ben), clientOwner: () => undefined, now }
  const { maxClientsPerPerson } = defaultGuardLimits
  const decideWith = (count: number): string =>
    codeOf(guardUpdate({ ...input, writerId: ben, clientCount: () => count }))
  expect(decideWith(maxClientsPerPerson - 1)).toBe('allowed')
  expect(decideWith(maxClientsPerPerson)).toBe('too_many_clients')
})

test('P2.4 takes a limited number of reactions of one person to one message', () => {
  const document = conversation()
  const { maxReactionsPerMessage } = defaultGuardLimits
  const react = (giver: UserId, from: number, to: number): Uint8Array =>
    updateOf(document, ({ reactions }) => {
      for (let index = from; index < to; index += 1) {
        reactions.set(`${firstId}/${giver}/:e${index}:`, now)
      }
    })
  const enough = react(ben, 0, maxReactionsPerMessage)
  expect(codeOf(decide(document, react(ben, 0, maxReactionsPerMessage + 1)))).toBe(
    'too_many_reactions',
  )
  expect(codeOf(decide(document, enough))).toBe('allowed')
  Y.applyUpdate(document, enough)
  const last = maxReactionsPerMessage
  expect(codeOf(decide(document, react(ben, last, last + 1)))).toBe('too_many_reactions')
  expect(codeOf(decide(document, react(cleo, 0, 1), person(cleo)))).toBe('allowed')
  const swap = updateOf(document, ({ reactions }) => {
    reactions.delete(`${firstId}/${ben}/:e0:`)
    reactions.set(`${firstId}/${ben}/👍`, now)
  })
  expect(codeOf(decide(document, swap))).toBe('allowed')
})
