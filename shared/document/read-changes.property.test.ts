import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { copyOf, updateSince } from '../testing/updates.ts'
import { rootMap, rootNames, type RootName } from './layout.ts'
import { readChanges } from './read-changes.ts'

const limits = { maxUnits: 100_000, maxUnitsPerKey: 100_000, maxClients: 100_000 }
const keys = ['a', 'b', 'c'] as const

const stepArbitrary = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('set' as const),
      device: fc.nat(3),
      root: fc.constantFrom<RootName>('messages', 'reactions'),
      key: fc.constantFrom(...keys),
      value: fc.nat(1000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('delete' as const),
      device: fc.nat(3),
      root: fc.constantFrom<RootName>('messages', 'reactions'),
      key: fc.constantFrom(...keys),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('push' as const), device: fc.nat(3) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('pull' as const), device: fc.nat(3) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('copy' as const),
      device: fc.nat(3),
      from: fc.nat(3),
    }),
  },
)

function contentOf(document: Y.Doc): Map<string, unknown> {
  const content = new Map<string, unknown>()
  for (const root of rootNames) {
    for (const [key, value] of rootMap(document, root)) content.set(`${root}/${key}`, value)
  }
  return content
}

/** Applies what one device has to the server, comparing the reading with what Yjs really does. */
function push(server: Y.Doc, update: Uint8Array): void {
  const before = contentOf(server)
  const stateBefore = Y.encodeStateVector(server)
  const reading = readChanges(update, server, limits)
  if (reading.refusal !== undefined) throw new Error(JSON.stringify(reading.refusal))
  expect(Y.encodeStateVector(server)).toEqual(stateBefore)

  const canonicalTwin = copyOf(server)
  Y.applyUpdate(canonicalTwin, reading.encode())
  Y.applyUpdate(server, update)

  const after = contentOf(server)
  expect(contentOf(canonicalTwin)).toEqual(after)
  // The same clocks, and of these the same ones deleted.
  expect(Y.equalSnapshots(Y.snapshot(canonicalTwin), Y.snapshot(server))).toBe(true)
  const twinUpdate = Y.encodeStateAsUpdate(server, Y.encodeStateVector(canonicalTwin))
  expect(readChanges(twinUpdate, canonicalTwin, limits)).toMatchObject({ clients: [] })

  const told = new Map(reading.chains.map((chain) => [`${chain.root}/${chain.key}`, chain]))
  for (const place of new Set([...before.keys(), ...after.keys()])) {
    const chain = told.get(place)
    if (chain === undefined) expect(after.get(place)).toEqual(before.get(place))
    else {
      expect(chain.before).toEqual(before.get(place))
      expect(chain.after()).toEqual(after.get(place))
    }
  }
}

for (const gc of [true, false]) {
  test(`P2 reads from an update exactly what Yjs will show after applying it (gc ${gc})`, () => {
    fc.assert(
      fc.property(
        fc.array(stepArbitrary, { maxLength: 60 }),
        fc.uniqueArray(fc.nat(0xffff_ffff), { minLength: 4, maxLength: 4 }),
        (steps, clientIds) => {
          const server = new Y.Doc({ gc })
          const devices = clientIds.map((clientId) => {
            const device = new Y.Doc({ gc })
            device.clientID = clientId
            return device
          })
          const deviceAt = (index: number): Y.Doc => devices[index] ?? server
          for (const step of steps) {
            const device = deviceAt(step.device)
            if (step.kind === 'set') rootMap(device, step.root).set(step.key, step.value)
            if (step.kind === 'delete') rootMap(device, step.root).delete(step.key)
            if (step.kind === 'push') push(server, updateSince(device, server))
            if (step.kind === 'pull') Y.applyUpdate(device, updateSince(server, device))
            if (step.kind === 'copy') {
              Y.applyUpdate(device, updateSince(deviceAt(step.from), device))
            }
          }
          for (const device of devices) push(server, updateSince(device, server))
          for (const device of devices) {
            Y.applyUpdate(device, updateSince(server, device))
            expect(contentOf(device)).toEqual(contentOf(server))
          }
        },
      ),
      { numRuns: 1500 },
    )
  })
}

test('P2 never throws on mutated or random bytes, and leaves the document as it was', () => {
  const server = new Y.Doc()
  const device = new Y.Doc()
  for (const key of keys) rootMap(device, 'messages').set(key, { content: key, list: [1, 2] })
  Y.applyUpdate(server, Y.encodeStateAsUpdate(device))
  rootMap(device, 'messages').set('a', { content: 'again' })
  rootMap(device, 'reactions').set('b', 7)
  rootMap(device, 'messages').delete('c')
  const honest = updateSince(device, server)
  const state = Y.encodeStateAsUpdate(server)
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc
          .array(fc.record({ at: fc.nat(honest.length - 1), byte: fc.nat(255) }), {
            minLength: 1,
            maxLength: 4,
          })
          .map((mutations) => {
            const bytes = honest.slice()
            for (const { at, byte } of mutations) bytes[at] = byte
            return bytes
          }),
        fc.nat(honest.length).map((length) => honest.slice(0, length)),
      ),
      (bytes) => {
        const reading = readChanges(bytes, server, limits)
        if (reading.refusal === undefined) {
          // What is read without refusal must also apply, and to nothing but what was told.
          const twin = copyOf(server)
          Y.applyUpdate(twin, reading.encode())
          for (const chain of reading.chains) {
            expect(rootMap(twin, chain.root).get(chain.key)).toEqual(chain.after())
          }
          expect(twin.store.pendingStructs).toBeNull()
          expect(twin.store.pendingDs).toBeNull()
        }
        expect(Y.encodeStateAsUpdate(server)).toEqual(state)
      },
    ),
    { numRuns: 10_000 },
  )
})
