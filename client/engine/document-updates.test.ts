import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { applyReceived, onDocumentUpdate } from './document-updates.ts'

const SERVER = Symbol('server')

function openWatched() {
  const document = new Y.Doc()
  const told: { update: Uint8Array; origin: unknown }[] = []
  const stop = onDocumentUpdate(document, (update, origin) => told.push({ update, origin }))
  return { document, told, stop, copy: () => copyOf(told.map(({ update }) => update)) }
}

function copyOf(updates: readonly Uint8Array[]): unknown {
  const copy = new Y.Doc()
  for (const update of updates) Y.applyUpdate(copy, update)
  return copy.getMap('map').toJSON()
}

/** What a document writes, update by update. */
function updatesOf(...writes: ((map: Y.Map<unknown>) => void)[]): Uint8Array[] {
  const document = new Y.Doc()
  const updates: Uint8Array[] = []
  document.on('update', (update: Uint8Array) => updates.push(update))
  for (const write of writes) write(document.getMap('map'))
  return updates
}

const [first, second] = updatesOf(
  (map) => map.set('a', 1),
  (map) => map.set('b', 2),
) as [Uint8Array, Uint8Array] // one for each write

test('a received update is told as it came, and its transaction is not encoded', () => {
  const { document, told } = openWatched()
  applyReceived(document, first, SERVER)
  expect(told).toEqual([{ update: first, origin: SERVER }])
  expect(told[0]?.update).toBe(first)
})

test('what is written here is told with its origin, before and after something was received', () => {
  const { document, told, copy } = openWatched()
  document.transact(() => document.getMap('map').set('own', 1), 'me')
  applyReceived(document, first, SERVER)
  document.getMap('map').set('later', 2)
  expect(told.map(({ origin }) => origin)).toEqual(['me', SERVER, null])
  expect(copy()).toEqual({ own: 1, a: 1, later: 2 })
})

test('what an observer writes while something is received is told once, beside it', () => {
  const { document, told, copy } = openWatched()
  const map = document.getMap('map')
  map.observe(({ keysChanged }) => {
    if (keysChanged.has('a')) map.set('answer', true)
  })
  applyReceived(document, first, SERVER)
  expect(told).toHaveLength(2)
  expect(copy()).toEqual({ a: 1, answer: true })
  expect(copy()).toEqual(map.toJSON())
})

test('P6 an update that came before the one it builds on is told when it takes effect', () => {
  const { document, told, copy } = openWatched()
  applyReceived(document, second, SERVER)
  expect(told).toEqual([])
  applyReceived(document, first, SERVER)
  expect(copy()).toEqual({ a: 1, b: 2 })
  expect(document.getMap('map').toJSON()).toEqual({ a: 1, b: 2 })
})

test('an update that brings nothing new is not told again', () => {
  const { document, told } = openWatched()
  applyReceived(document, first, SERVER)
  applyReceived(document, first, SERVER)
  expect(told).toHaveLength(1)
})

test('P5 an update whose observer fails is told all the same', () => {
  const { document, copy } = openWatched()
  document.getMap('map').observe(() => {
    throw new Error('a fault of the screen')
  })
  expect(() => applyReceived(document, first, SERVER)).toThrow('a fault of the screen')
  expect(copy()).toEqual({ a: 1 })
})

test('whoever has stopped listening hears nothing, and others go on', () => {
  const { document, told, stop } = openWatched()
  const others: Uint8Array[] = []
  onDocumentUpdate(document, (update) => others.push(update))
  stop()
  applyReceived(document, first, SERVER)
  document.getMap('map').set('c', 3)
  expect(told).toEqual([])
  expect(copyOf(others)).toEqual({ a: 1, c: 3 })
})
