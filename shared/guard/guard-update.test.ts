import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { encodeEdits } from '../document/encode-edits.ts'
import { formatReactionKey } from '../records/reaction.ts'
import type { MessageRecord } from '../records/message.ts'
import {
  ada,
  ben,
  cleo,
  copyOf,
  firstMessageId as firstId,
  mapsOf,
  memberAccess,
  message,
  now,
  secondMessageId as secondId,
  updateOf,
  updateSince,
} from '../testing/updates.ts'
import type { Actor, ConversationAccess } from './actor.ts'
import { guardUpdate, type GuardDecision } from './guard-update.ts'
import { defaultGuardLimits } from './limits.ts'

const ADA_CLIENT = 11
const person = (userId: typeof ada, access: Partial<ConversationAccess> = {}): Actor => ({
  kind: 'person',
  userId,
  access: { ...memberAccess, ...access },
})

/** Ada has written one message and reacted to it. */
function conversation(): Y.Doc {
  const document = new Y.Doc()
  const device = new Y.Doc()
  device.clientID = ADA_CLIENT
  mapsOf(device).messages.set(firstId, message(ada))
  mapsOf(device).reactions.set(
    formatReactionKey({ messageId: firstId, userId: ada, emoji: '👍' }),
    now,
  )
  Y.applyUpdate(document, Y.encodeStateAsUpdate(device))
  return document
}

function decide(
  document: Y.Doc,
  update: Uint8Array,
  actor: Actor = person(ben),
  owners: Record<number, string> = { [ADA_CLIENT]: ada },
): GuardDecision {
  return guardUpdate({
    update,
    document,
    actor,
    clientOwner: (clientId) => owners[clientId],
    writerId: actor.kind === 'person' ? actor.userId : 'server',
    now,
  })
}

function codeOf(decision: GuardDecision): string {
  return decision.allowed ? 'allowed' : decision.refusal.code
}

const tombstone = (changes: Partial<MessageRecord> = {}): unknown => ({
  ...message(ada),
  content: '',
  version: 2,
  deletedAt: now,
  deletedBy: ada,
  ...changes,
})

type Edit = Parameters<typeof updateOf>[1]
const cases: [rule: string, edit: Edit, expected: string, actor?: Actor][] = [
  [
    'P2.1 allows a member to post as themself',
    ({ messages }) => messages.set(secondId, message(ben)),
    'allowed',
  ],
  [
    'P2.1 refuses a forged author',
    ({ messages }) => messages.set(secondId, message(cleo)),
    'not_author',
  ],
  [
    'P2.1 refuses a first version above 1',
    ({ messages }) => messages.set(secondId, message(ben, { version: 2 })),
    'version_mismatch',
  ],
  [
    'P2.1 refuses a post where posting is restricted',
    ({ messages }) => messages.set(secondId, message(ben)),
    'posting_restricted',
    person(ben, { canPost: false }),
  ],
  [
    'P2.1 refuses a message of type SYSTEM',
    ({ messages }) => messages.set(secondId, message(ben, { type: 'SYSTEM' })),
    'server_only',
  ],
  [
    'P2.2 allows the author to edit',
    ({ messages }) => messages.set(firstId, message(ada, { version: 2, content: 'x' })),
    'allowed',
    person(ada),
  ],
  [
    'P2.2 allows an edit of the same version from a second device',
    ({ messages }) =>
      messages.set(firstId, message(ada, { version: 2, content: 'y', editedAt: now })),
    'allowed',
    person(ada),
  ],
  [
    'P2.2 refuses an edit by somebody who is not the author',
    ({ messages }) => messages.set(firstId, message(ada, { version: 2 })),
    'not_author',
  ],
  [
    'P2.2 refuses an edit by a moderator',
    ({ messages }) => messages.set(firstId, message(ada, { version: 2 })),
    'not_author',
    person(ben, { canModerate: true }),
  ],
  [
    'P2.2 refuses an edit that takes a message over',
    ({ messages }) => messages.set(firstId, message(ben, { version: 2 })),
    'not_author',
  ],
  [
    'P2.2 refuses an author changed by an edit',
    ({ messages }) => messages.set(firstId, message(ben, { version: 2 })),
    'immutable_field',
    person(ada),
  ],
  [
    'P2.2 refuses a creation time changed by an edit',
    ({ messages }) => messages.set(firstId, message(ada, { version: 2, createdAt: now })),
    'immutable_field',
    person(ada),
  ],
  [
    'P2.2 refuses a parent given by an edit',
    ({ messages }) => messages.set(firstId, message(ada, { version: 2, parentId: secondId })),
    'immutable_field',
    person(ada),
  ],
  [
    'P2.2 refuses a version skipped ahead',
    ({ messages }) => messages.set(firstId, message(ada, { version: 3 })),
    'version_mismatch',
    person(ada),
  ],
  [
    'P2.2 refuses an edit without a new version',
    ({ messages }) => messages.set(firstId, message(ada, { content: 'x' })),
    'version_mismatch',
    person(ada),
  ],
  [
    'P2.3 allows the author to delete',
    ({ messages }) => messages.set(firstId, tombstone()),
    'allowed',
    person(ada),
  ],
  [
    'P2.3 allows a moderator to delete',
    ({ messages }) => messages.set(firstId, tombstone({ deletedBy: ben })),
    'allowed',
    person(ben, { canModerate: true }),
  ],
  [
    "P2.3 refuses a tombstone on another's message",
    ({ messages }) => messages.set(firstId, tombstone({ deletedBy: ben })),
    'not_author',
  ],
  [
    'P2.3 refuses a tombstone in the name of another',
    ({ messages }) => messages.set(firstId, tombstone({ deletedBy: ben })),
    'not_yours',
    person(ada),
  ],
  [
    'P2.3 refuses a tombstone that keeps words',
    ({ messages }) => messages.set(firstId, tombstone({ content: 'x' })),
    'invalid_record',
    person(ada),
  ],
  [
    "P2.3 refuses to remove the key of another's message",
    ({ messages }) => messages.delete(firstId),
    'key_removed',
  ],
  [
    'P2.3 refuses to remove the key of a message, its author included',
    ({ messages }) => messages.delete(firstId),
    'key_removed',
    person(ada),
  ],
  [
    'P2.4 allows an own reaction',
    ({ reactions }) => reactions.set(`${firstId}/${ben}/👍`, now),
    'allowed',
  ],
  [
    'P2.4 allows to take an own reaction back',
    ({ reactions }) => reactions.delete(`${firstId}/${ada}/👍`),
    'allowed',
    person(ada),
  ],
  [
    'P2.4 refuses a reaction in the name of another',
    ({ reactions }) => reactions.set(`${firstId}/${cleo}/👍`, now),
    'not_yours',
  ],
  [
    "P2.4 refuses to take another's reaction back",
    ({ reactions }) => reactions.delete(`${firstId}/${ada}/👍`),
    'not_yours',
  ],
  [
    'P2.4 refuses a reaction to a message that is not there',
    ({ reactions }) => reactions.set(`${secondId}/${ben}/👍`, now),
    'unknown_message',
  ],
  [
    'P2.4 refuses words in place of an emoji',
    ({ reactions }) => reactions.set(`${firstId}/${ben}/hello`, now),
    'invalid_key',
  ],
  [
    'P2.4 refuses a reaction that is no time',
    ({ reactions }) => reactions.set(`${firstId}/${ben}/👍`, 'now'),
    'invalid_record',
  ],
  ['P2.5 allows a pin', ({ pins }) => pins.set(firstId, { userId: ben, pinnedAt: now }), 'allowed'],
  [
    'P2.5 refuses a pin in the name of another',
    ({ pins }) => pins.set(firstId, { userId: ada, pinnedAt: now }),
    'not_yours',
  ],
  [
    'P2.5 refuses a pin by somebody who may not pin',
    ({ pins }) => pins.set(firstId, { userId: ben, pinnedAt: now }),
    'forbidden',
    person(ben, { canPin: false }),
  ],
  ['P2.6 refuses to write meta', ({ meta }) => meta.set('next', 2), 'server_only'],
  [
    'P2.6 allows the server to write meta',
    ({ meta }) => meta.set('next', 2),
    'allowed',
    { kind: 'server' },
  ],
  [
    'P2.7 refuses an unknown root',
    (_, device) => device.getMap('secrets').set('a', 1),
    'unknown_root',
  ],
  [
    'P2.7 refuses an unknown root that is an array',
    (_, device) => device.getArray('list').push([1]),
    'unknown_root',
  ],
  [
    'P2.7 refuses a root text',
    (_, device) => device.getText('text').insert(0, 'x'),
    'unknown_root',
  ],
  [
    'P2.7 refuses an XML root',
    (_, device) => device.getXmlFragment('xml').push([new Y.XmlText('x')]),
    'unknown_root',
  ],
  [
    'P2.7 refuses a nested map',
    ({ messages }) => messages.set(secondId, new Y.Map([['content', 'x']])),
    'content_not_allowed',
  ],
  [
    'P2.7 refuses a nested text',
    ({ messages }) => messages.set(secondId, new Y.Text('x')),
    'content_not_allowed',
  ],
  [
    'P2.7 refuses a nested array',
    ({ messages }) => messages.set(secondId, Y.Array.from([1])),
    'content_not_allowed',
  ],
  [
    'P2.7 refuses a sub-document',
    ({ messages }) => messages.set(secondId, new Y.Doc()),
    'content_not_allowed',
  ],
  [
    'P2.7 refuses embedded binary',
    ({ messages }) => messages.set(secondId, new Uint8Array(4)),
    'content_not_allowed',
  ],
  [
    'P2.7 refuses binary within a record',
    ({ messages }) => messages.set(secondId, { ...message(ben), content: new Uint8Array(4) }),
    'invalid_record',
  ],
  [
    'P2.8 refuses extra fields',
    ({ messages }) => messages.set(secondId, { ...message(ben), isAdmin: true }),
    'invalid_record',
  ],
  [
    'P2.8 refuses fields hidden in a prototype',
    ({ messages }) =>
      messages.set(
        secondId,
        JSON.parse(`{"__proto__":{"x":1},${JSON.stringify(message(ben)).slice(1)}`),
      ),
    'invalid_record',
  ],
  [
    'P2.8 refuses a bad message id',
    ({ messages }) => messages.set('../1', message(ben)),
    'invalid_key',
  ],
  [
    'P2.8 refuses over-long content',
    ({ messages }) => messages.set(secondId, message(ben, { content: 'x'.repeat(16_001) })),
    'content_too_long',
  ],
  [
    'P2.8 refuses empty content',
    ({ messages }) => messages.set(secondId, message(ben, { content: ' \n' })),
    'invalid_record',
  ],
  [
    'P2.8 refuses a far future',
    ({ messages }) => messages.set(secondId, message(ben, { createdAt: now + 301_000 })),
    'too_far_in_future',
  ],
  [
    'P2.9 refuses everything in an archived channel',
    ({ messages }) => messages.set(secondId, message(ben)),
    'channel_archived',
    person(ben, { writeDenial: 'channel_archived' }),
  ],
  [
    'P2.9 refuses everything from somebody who is no member',
    ({ reactions }) => reactions.set(`${firstId}/${ben}/👍`, now),
    'not_member',
    person(ben, { writeDenial: 'not_member' }),
  ],
]

test.each(cases)('%s', (_rule, edit, expected, actor) => {
  const document = conversation()
  const state = Y.encodeStateAsUpdate(document)
  expect(codeOf(decide(document, updateOf(document, edit), actor))).toBe(expected)
  expect(Y.encodeStateAsUpdate(document)).toEqual(state)
})

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
