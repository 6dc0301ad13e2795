import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { rootMap, rootNames, type RootName } from '../document/layout.ts'
import type { UserId } from '../ids.ts'
import { isTombstone, messageRecordSchema, type MessageRecord } from '../records/message.ts'
import { parseReactionKey } from '../records/reaction.ts'
import {
  ada,
  ben,
  copyOf,
  createIdSequence,
  firstMessageId as firstId,
  memberAccess,
  message,
  now,
  secondMessageId as secondId,
  updateSince,
} from '../testing/updates.ts'
import type { Actor } from './actor.ts'
import { guardUpdate } from './guard-update.ts'

const people = [ada, ben] as const
const thirdId = createIdSequence()()
const messageKeys = fc.constantFrom<string>(firstId, secondId, thirdId, 'no-id')
const userIds = fc.constantFrom<UserId>(...people)
const times = fc.constantFrom(now - 1000, now, now + 10_000_000)

const messageValues = fc.oneof(
  fc
    .record({ authorId: userIds, version: fc.integer({ min: 0, max: 4 }), createdAt: times })
    .map((changes) => ({ ...message(ada), ...changes })),
  fc
    .record({ authorId: userIds, version: fc.integer({ min: 1, max: 4 }), deletedBy: userIds })
    .map((changes) => ({ ...message(ada), content: '', deletedAt: now, ...changes })),
  fc.constantFrom<unknown>(null, 1, 'text', [], { ...message(ada), extra: 1 }, new Uint8Array(2)),
)

const edits = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ root: fc.constant('messages'), key: messageKeys, value: messageValues }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      root: fc.constant('reactions'),
      key: fc
        .tuple(messageKeys, userIds, fc.constantFrom('👍', '🎉', 'x'))
        .map((parts) => parts.join('/')),
      value: fc.constantFrom<unknown>(now, 'now', now + 10_000_000, undefined),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      root: fc.constant('pins'),
      key: messageKeys,
      value: fc.oneof(
        userIds.map((userId) => ({ userId, pinnedAt: now })),
        fc.constantFrom(undefined, 1),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      root: fc.constantFrom('meta', 'other'),
      key: fc.constant('next'),
      value: fc.constant(2),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      root: fc.constant('messages'),
      key: messageKeys,
      value: fc.constant(undefined),
    }),
  },
)

/** What an honest device of the writer would do next; mixed with the rest, it leads deep into histories. */
const honestEdits = fc.record({
  honest: fc.constantFrom('write', 'delete', 'react'),
  key: fc.constantFrom<string>(firstId, secondId, thirdId),
})

type Edit = (typeof edits extends fc.Arbitrary<infer Value> ? Value : never) | HonestEdit
type HonestEdit = typeof honestEdits extends fc.Arbitrary<infer Value> ? Value : never

function perform(device: Y.Doc, edit: Edit, userId: UserId): void {
  if (!('honest' in edit)) {
    if (edit.value === undefined) device.getMap(edit.root).delete(edit.key)
    else device.getMap(edit.root).set(edit.key, edit.value)
    return
  }
  const messages = rootMap(device, 'messages')
  const standing = messageRecordSchema.safeParse(messages.get(edit.key)).data
  if (edit.honest === 'react') {
    rootMap(device, 'reactions').set(`${edit.key}/${userId}/👍`, now)
  } else if (standing === undefined) messages.set(edit.key, message(userId))
  else if (standing.authorId === userId && !isTombstone(standing)) {
    const { authorId, createdAt, version } = standing
    const next = message(authorId, { createdAt, version: version + 1 })
    const isDeletion = edit.honest === 'delete'
    messages.set(
      edit.key,
      isDeletion ? { ...next, content: '', deletedAt: now, deletedBy: userId } : next,
    )
  }
}

const steps = fc.record({
  writer: fc.nat(1),
  /** Which earlier state of the document the device knows: concurrent work when it is not the last. */
  knows: fc.nat(8),
  edits: fc.oneof(
    { weight: 1, arbitrary: fc.array<Edit>(edits, { minLength: 1, maxLength: 3 }) },
    { weight: 2, arbitrary: fc.array<Edit>(honestEdits, { minLength: 1, maxLength: 3 }) },
  ),
  mutation: fc.option(fc.record({ at: fc.nat(400), byte: fc.nat(255) }), {
    freq: 6,
    nil: undefined,
  }),
  reuseClient: fc.boolean(),
})

/** The table of who may write what, told a second time, over what a document shows before and after. */
function checkVisible(
  root: RootName,
  key: string,
  before: unknown,
  after: unknown,
  actor: UserId,
): void {
  if (root === 'meta') throw new Error('meta changed')
  if (root === 'reactions') {
    expect(parseReactionKey(key)?.userId).toBe(actor)
    if (after !== undefined) expect(after).toBeTypeOf('number')
    return
  }
  if (root === 'pins') {
    if (after !== undefined) expect(after).toMatchObject({ userId: actor })
    return
  }
  const record = messageRecordSchema.parse(after)
  expect(record.createdAt).toBeLessThanOrEqual(now + 300_000)
  if (isTombstone(record)) expect(record.deletedBy).toBe(actor)
  expect(record.authorId).toBe(actor)
  if (before === undefined) return
  const standing: MessageRecord = messageRecordSchema.parse(before)
  expect(isTombstone(standing)).toBe(false)
  expect(record).toMatchObject({ authorId: standing.authorId, createdAt: standing.createdAt })
  expect(record.version).toBeGreaterThan(1)
  // At most one step above the highest version that the writer could know or make in this update.
  expect(record.version).toBeLessThanOrEqual(standing.version + 3)
}

/** Putting back what stands there, after a lost acknowledgement, is no change. */
const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other)

function contentOf(document: Y.Doc): Map<string, [RootName, string, unknown]> {
  const content = new Map<string, [RootName, string, unknown]>()
  for (const root of rootNames) {
    for (const [key, value] of rootMap(document, root))
      content.set(`${root}/${key}`, [root, key, value])
  }
  return content
}

test(
  'P2 whatever the table of writers does not allow leaves no byte in the document',
  { timeout: 120_000 },
  () => {
    let accepted = 0
    let refused = 0
    fc.assert(
      fc.property(fc.array(steps, { minLength: 1, maxLength: 10 }), (script) => {
        const server = new Y.Doc()
        const owners = new Map<number, UserId>()
        const history = [Y.encodeStateAsUpdate(server)]
        for (const step of script) {
          const userId = step.writer === 0 ? ada : ben
          const known = new Y.Doc()
          Y.applyUpdate(known, history[step.knows % history.length] ?? new Uint8Array([0, 0]))
          const own = [...owners].find(([, owner]) => owner === userId)?.[0]
          const isUsable =
            own !== undefined && Y.getState(known.store, own) === Y.getState(server.store, own)
          const device = copyOf(known, step.reuseClient && isUsable ? own : undefined)
          for (const edit of step.edits) perform(device, edit, userId)
          const update = updateSince(device, server)
          if (step.mutation !== undefined)
            update[step.mutation.at % update.length] = step.mutation.byte

          const actor: Actor = { kind: 'person', userId, access: memberAccess }
          const decision = guardUpdate({
            update,
            document: server,
            actor,
            clientOwner: (clientId) => owners.get(clientId),
            writerId: userId,
            now,
          })
          const before = contentOf(server)
          if (!decision.allowed) {
            refused += 1
            continue
          }
          accepted += 1
          for (const { clientId } of decision.clients) owners.set(clientId, userId)
          Y.applyUpdate(server, decision.update)
          expect(server.store.pendingStructs).toBeNull()
          expect(server.store.pendingDs).toBeNull()
          expect(
            [...server.share.keys()].every((root) => rootNames.some((name) => name === root)),
          ).toBe(true)
          const after = contentOf(server)
          for (const place of new Set([...before.keys(), ...after.keys()])) {
            const [root, key] = after.get(place) ?? before.get(place) ?? []
            const value = after.get(place)?.[2]
            const previous = before.get(place)?.[2]
            if (root === undefined || key === undefined || isSame(value, previous)) continue
            checkVisible(root, key, previous, value, userId)
          }
          history.push(Y.encodeStateAsUpdate(server))
        }
      }),
      { numRuns: 6000 },
    )
    expect(accepted).toBeGreaterThan(1000)
    expect(refused).toBeGreaterThan(1000)
  },
)
