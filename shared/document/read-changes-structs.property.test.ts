/** Structs that no Yjs client writes, put together by hand: the way to what honest bytes never show. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { copyOf } from '../testing/updates.ts'
import { encodeUpdate, type DeleteRange } from './encode-update.ts'
import { rootMap, rootNames, type RootName } from './layout.ts'
import { readChanges } from './read-changes.ts'

const limits = { maxUnits: 1_000, maxUnitsPerKey: 1_000, maxClients: 10 }
/** Two that have written before, and one that has not. */
const clientIds = [10, 20, 30] as const

const idArbitrary = fc.record({ client: fc.constantFrom(...clientIds), clock: fc.nat(7) })
const contentArbitrary = fc.oneof(
  fc.record({ kind: fc.constant('value' as const), length: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('remains' as const), length: fc.integer({ min: 1, max: 4 }) }),
)
const structArbitrary = fc.record({
  origin: fc.option(idArbitrary, { nil: null, freq: 1 }),
  root: fc.constantFrom<RootName>('messages', 'reactions'),
  key: fc.constantFrom('a', 'b'),
  content: contentArbitrary,
})
const attackArbitrary = fc.record({
  runs: fc.uniqueArray(
    fc.record({
      clientId: fc.constantFrom(...clientIds),
      /** By how much it begins before what its clientID writes next. */
      back: fc.nat(3),
      structs: fc.array(structArbitrary, { minLength: 1, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 2, selector: ({ clientId }) => clientId },
  ),
  deletes: fc.array(
    fc.record({
      clientId: fc.constantFrom(...clientIds),
      clock: fc.nat(7),
      length: fc.integer({ min: 1, max: 4 }),
    }),
    { maxLength: 3 },
  ),
})
type Attack = typeof attackArbitrary extends fc.Arbitrary<infer Value> ? Value : never

/** Two devices have written, replaced and removed values. */
function createServer(): Y.Doc {
  const server = new Y.Doc({ gc: false })
  const [one, other] = clientIds.slice(0, 2).map((clientId) => copyOf(server, clientId))
  if (one === undefined || other === undefined) return server
  rootMap(one, 'messages').set('a', 'one')
  rootMap(one, 'messages').set('a', 'two')
  rootMap(one, 'reactions').set('a', 3)
  rootMap(one, 'reactions').delete('a')
  rootMap(other, 'messages').set('b', 'four')
  rootMap(other, 'reactions').set('b', 5)
  for (const device of [one, other]) Y.applyUpdate(server, Y.encodeStateAsUpdate(device))
  return server
}

function encodeAttack({ runs, deletes }: Attack, { store }: Y.Doc): Uint8Array {
  const ranges = new Map<number, DeleteRange[]>()
  for (const { clientId, clock, length } of deletes) {
    ranges.set(clientId, [...(ranges.get(clientId) ?? []), { clock, length }])
  }
  return encodeUpdate(
    runs.map(({ clientId, back, structs }) => {
      const clock = Math.max(0, Y.getState(store, clientId) - back)
      let next = clock
      const items = structs.map(({ origin, root, key, content: { kind, length } }) => {
        const content =
          kind === 'remains'
            ? new Y.ContentDeleted(length)
            : new Y.ContentAny(Array.from({ length }, (_, index) => `${clientId}:${next + index}`))
        const from = origin && Y.createID(origin.client, origin.clock)
        const id = Y.createID(clientId, next)
        const item = new Y.Item(id, null, from, null, null, null, null, content)
        if (from === null) Object.assign(item, { parent: root, parentSub: key })
        next += length
        return item
      })
      return { clientId, clock, offset: 0, structs: items }
    }),
    ranges,
  )
}

function contentOf(document: Y.Doc): Map<string, unknown> {
  return new Map(
    rootNames.flatMap((root) =>
      [...rootMap(document, root)].map(([key, value]): [string, unknown] => [
        `${root}/${key}`,
        value,
      ]),
    ),
  )
}

test('P2.13 whatever structs say of themselves, what is read is what Yjs shows of what is kept', () => {
  const server = createServer()
  let taken = 0
  fc.assert(
    fc.property(attackArbitrary, (attack) => {
      const bytes = encodeAttack(attack, server)
      const reading = readChanges(bytes, server, limits)
      if (reading.refusal !== undefined) return
      taken += 1
      const told = new Map(reading.chains.map((chain) => [`${chain.root}/${chain.key}`, chain]))
      const before = contentOf(server)
      const kept = copyOf(server)
      Y.applyUpdate(kept, reading.encode())
      const after = contentOf(kept)
      for (const place of new Set([...before.keys(), ...after.keys()])) {
        const chain = told.get(place)
        expect(after.get(place)).toEqual(chain === undefined ? before.get(place) : chain.after())
      }
      expect(kept.store.pendingStructs).toBeNull()
      expect(kept.store.pendingDs).toBeNull()
    }),
    { numRuns: 20_000 },
  )
  expect(taken).toBeGreaterThan(1_000)
})
