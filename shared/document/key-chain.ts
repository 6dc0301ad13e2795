/**
 * The values that were ever written to one key of a root map, left to right, as Yjs orders them:
 * the last one is what the map shows. New values are placed by the same rules as Yjs's own
 * integration (YATA), on a copy, so that the outcome of an update is known before it is applied.
 */
import * as Y from 'yjs'
import type { RootName } from './layout.ts'

/** One value; `hasValue` is false for the remains of one that its writer has deleted. */
export interface Unit {
  clientId: number
  clock: number
  origin: Y.ID | null
  isDeleted: boolean
  hasValue: boolean
  value: unknown
}

export interface KeyChain {
  root: RootName
  key: string
  before: unknown
  /** What this update writes to the key, in causal order. */
  written: Unit[]
  place: (unit: Unit) => void
  /** Answers whether that changed anything. */
  markDeleted: (clientId: number, clock: number) => boolean
  /** What the map will show under the key; undefined when there will be no such key. */
  after: () => unknown
}

/** Opens the chain of a key as the document has it now. The document is only read. */
export function createKeyChain(root: RootName, key: string, map: Y.Map<unknown>): KeyChain {
  const newest = map._map.get(key)
  // Nearly every write continues from the newest value; what lies before it is read on demand.
  let units = newest === undefined ? [] : [lastUnitOf(newest)]
  let isComplete = newest === undefined

  const indexOf = (id: Y.ID): number =>
    units.findIndex((unit) => unit.clientId === id.client && unit.clock === id.clock)

  function complete(): void {
    if (isComplete || newest === undefined) return
    isComplete = true
    const tail = units.slice(1)
    const newestUnit = units[0]
    const stored = storedUnits(newest)
    // The newest unit may have been marked as deleted meanwhile: keep the object already held.
    units = newestUnit === undefined ? stored : [...stored.slice(0, -1), newestUnit, ...tail]
  }

  function findOrigin(origin: Y.ID | null): number {
    if (origin !== null) {
      const index = indexOf(origin)
      if (index !== -1) return index
    }
    complete()
    return origin === null ? -1 : indexOf(origin)
  }

  const shown = (): unknown => {
    const last = units.at(-1)
    return last === undefined || last.isDeleted ? undefined : last.value
  }

  const written: Unit[] = []
  return {
    root,
    key,
    before: shown(),
    written,
    place(unit) {
      const originIndex = findOrigin(unit.origin)
      const index = placeAfter(units, unit, originIndex) + 1
      const left = units[index - 1]
      units.splice(index, 0, unit)
      if (index < units.length - 1) unit.isDeleted = true
      else if (left !== undefined) left.isDeleted = true
      written.push(unit)
    },
    markDeleted(clientId, clock) {
      const unit = units.find((each) => each.clientId === clientId && each.clock === clock)
      // A unit that was not read yet stands left of the newest one: it is deleted already.
      if (unit === undefined || unit.isDeleted) return false
      unit.isDeleted = true
      return true
    },
    after: shown,
  }
}

/** The index of the unit after which Yjs puts the new one; -1 for the very left. */
function placeAfter(units: readonly Unit[], unit: Unit, originIndex: number): number {
  let left = originIndex
  const indexOf = createIndex(units)
  for (let index = originIndex + 1; index < units.length; index += 1) {
    const other = units[index]
    if (other === undefined) break
    if (Y.compareIDs(unit.origin, other.origin)) {
      if (other.clientId >= unit.clientId) break
      left = index
      continue
    }
    if (other.origin === null) break
    const otherOriginIndex = indexOf(other.origin)
    if (otherOriginIndex <= originIndex || otherOriginIndex > index) break
    // What stands at `left` or before it no longer conflicts.
    if (otherOriginIndex <= left) left = index
  }
  return left
}

/** Finds units by id; built at the first question, which most placements never ask. */
function createIndex(units: readonly Unit[]): (id: Y.ID) => number {
  let indexes: Map<string, number> | undefined
  return ({ client, clock }) => {
    indexes ??= new Map(units.map((unit, index) => [nameOf(unit.clientId, unit.clock), index]))
    return indexes.get(nameOf(client, clock)) ?? -1
  }
}

const nameOf = (clientId: number, clock: number): string => `${clientId}:${clock}`

function lastUnitOf(item: Y.Item): Unit {
  const { client, clock } = item.lastId
  const origin = item.length > 1 ? Y.createID(client, clock - 1) : item.origin
  return {
    clientId: client,
    clock,
    origin,
    isDeleted: item.deleted,
    hasValue: !item.deleted,
    value: item.deleted ? undefined : item.content.getContent().at(-1),
  }
}

/** All units of a key; runs of deleted values, which Yjs merges into one item, are taken apart. */
function storedUnits(newest: Y.Item): Unit[] {
  const units: Unit[] = []
  for (let item: Y.Item | null = newest; item !== null; item = item.left) {
    units.push(lastUnitOf(item))
    for (let index = item.length - 2; index >= 0; index -= 1) {
      const clock = item.id.clock + index
      units.push({
        clientId: item.id.client,
        clock,
        origin: index > 0 ? Y.createID(item.id.client, clock - 1) : item.origin,
        isDeleted: true,
        hasValue: false,
        value: undefined,
      })
    }
  }
  return units.toReversed()
}
