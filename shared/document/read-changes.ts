/**
 * Reads what an update would do to a document, exactly and without applying it: which keys of
 * which root maps it writes, what each shows before and after, and which clientIDs advance.
 * Parents are found through the origins of the live document, so no second copy is kept.
 */
import * as Y from 'yjs'
import type { ErrorCode } from '../errors.ts'
import type { Refusal } from '../sync/refusal.ts'
import { decodeUpdate } from './decode-update.ts'
import { encodeUpdate, type DeleteRange, type StructRun } from './encode-update.ts'
import { createKeyChain, type KeyChain } from './key-chain.ts'
import { isRootName, rootMap } from './layout.ts'

export interface ClientAdvance {
  clientId: number
  /** The first clock that the document lacks. */
  from: number
  /** One past the last clock of this update. */
  to: number
}

export type UpdateReading =
  | {
      refusal: undefined
      chains: KeyChain[]
      clients: ClientAdvance[]
      /** Canonical bytes of what is new in the update, and of nothing else. */
      encode: () => Uint8Array
    }
  | { refusal: Refusal }

/** Checked before anything is compared, so that no update costs more than it may bring. */
export interface ReadLimits {
  /** Most values, deleted ones included, that one update may write. */
  maxUnits: number
  /** The same for one key: placing a value means looking at the others there. */
  maxUnitsPerKey: number
  /** Most clientIDs of which one update may bring something new. */
  maxClients: number
}

/** Reads an update against the document that it is meant for. Never throws on hostile bytes. */
export function readChanges(
  update: Uint8Array,
  document: Y.Doc,
  { maxUnits, maxUnitsPerKey, maxClients }: ReadLimits,
): UpdateReading {
  const decoded = decodeUpdate(update)
  if (decoded.refusal !== undefined) return decoded

  const { store } = document
  const chains = new Map<string, KeyChain>()
  const fresh = new Map<number, FreshClient>()
  let unitCount = 0

  for (const { clientId, structs } of decoded.clients) {
    const client = startClient(clientId, structs, Y.getState(store, clientId))
    if (client.hasGap) return refuse('missing_predecessor')
    unitCount += client.to - client.from
    if (unitCount > maxUnits) return refuse('too_many_changes')
    if (client.queue.length > 0) fresh.set(clientId, client)
    if (fresh.size > maxClients) return refuse('too_many_changes')
  }
  const endOf = (clientId: number): number => fresh.get(clientId)?.to ?? Y.getState(store, clientId)
  for (const [clientId, ranges] of decoded.deletes) {
    const last = ranges.at(-1)
    if (last !== undefined && last.clock + last.length > endOf(clientId)) {
      return refuse('missing_predecessor')
    }
  }

  function chainOf(root: string, key: string): KeyChain | Refusal {
    if (!isRootName(root)) return { code: 'unknown_root', root, key }
    const place = `${root}/${key}`
    const known = chains.get(place)
    if (known !== undefined) return known
    const chain = createKeyChain(root, key, rootMap(document, root))
    chains.set(place, chain)
    return chain
  }

  /** The chain that a struct belongs to; `waiting` when its origin comes later in this update. */
  function findChain(item: Y.Item, client: FreshClient): KeyChain | Refusal | 'waiting' {
    if (item.rightOrigin !== null) return { code: 'content_not_allowed' }
    // What is known of a struct is left out, and with it where it says that it belongs: Yjs lets
    // the rest follow the value before it.
    if (item.id.clock < client.from) {
      return chainOfStored(Y.createID(client.clientId, client.from - 1))
    }
    const { origin } = item
    if (origin === null) return chainOfParent(item)
    const own = fresh.get(origin.client)
    if (own !== undefined && origin.clock >= own.from) {
      if (origin.clock >= own.to) return { code: 'missing_predecessor' }
      return own.chains.get(origin.clock) ?? 'waiting'
    }
    if (origin.clock >= Y.getState(store, origin.client)) return { code: 'missing_predecessor' }
    return chainOfStored(origin)
  }

  function chainOfStored(id: Y.ID): KeyChain | Refusal {
    const place = placeOf(Y.getItem(store, id))
    return place === undefined ? { code: 'content_not_allowed' } : chainOf(place.root, place.key)
  }

  function chainOfParent(item: Y.Item): KeyChain | Refusal {
    const parent: unknown = item.parent // decoding leaves a root's name here, which the type denies
    if (typeof parent !== 'string') return { code: 'content_not_allowed' }
    if (item.parentSub === null) {
      return { code: isRootName(parent) ? 'content_not_allowed' : 'unknown_root', root: parent }
    }
    return chainOf(parent, item.parentSub)
  }

  let hasProgressed = true
  while (hasProgressed) {
    hasProgressed = false
    for (const client of fresh.values()) {
      for (
        let item = client.queue[client.done];
        item !== undefined;
        item = client.queue[client.done]
      ) {
        const chain = findChain(item, client)
        if (chain === 'waiting') break
        if ('code' in chain) return { refusal: chain }
        if (chain.written.length + newLength(item, client) > maxUnitsPerKey) {
          return refuse('too_many_changes')
        }
        const isDeleted = isCovered(item, decoded.deletes.get(client.clientId))
        const refusal = placeItem(item, chain, client, isDeleted)
        if (refusal !== undefined) return { refusal }
        client.done += 1
        hasProgressed = true
      }
    }
  }
  for (const client of fresh.values()) {
    if (client.done < client.queue.length) return refuse('missing_predecessor')
  }

  const deletes = new Map<number, DeleteRange[]>()
  for (const [clientId, ranges] of decoded.deletes) {
    const client = fresh.get(clientId)
    const effective: DeleteRange[] = []
    for (const range of ranges) {
      for (const clock of liveClocks(store, clientId, range)) {
        const chain = client?.chains.get(clock) ?? chainOfStored(Y.createID(clientId, clock))
        if ('code' in chain) return { refusal: chain }
        const isNews = chain.markDeleted(clientId, clock)
        // A new value that a later one replaces shows nowhere, but is kept as deleted all the same:
        // Yjs would take it, joined with others in one struct, for a value that still stands.
        if (isNews || clock >= (client?.from ?? Infinity)) addClock(effective, clock)
      }
    }
    if (effective.length > 0) deletes.set(clientId, effective)
  }

  const clients = [...fresh.values()].map(({ clientId, from, to }) => ({ clientId, from, to }))
  return {
    refusal: undefined,
    chains: [...chains.values()],
    clients,
    encode: () => encodeUpdate([...fresh.values()].map(runOf), deletes),
  }
}

interface FreshClient {
  clientId: number
  from: number
  to: number
  /** Structs that hold something new; the first may begin before `from`. */
  queue: Y.Item[]
  done: number
  chains: Map<number, KeyChain>
  hasGap: boolean
}

function startClient(clientId: number, structs: Y.Item[], known: number): FreshClient {
  const first = structs[0]?.id.clock ?? known
  const end = structs.reduce(
    (clock, struct) => Math.max(clock, struct.id.clock + struct.length),
    known,
  )
  return {
    clientId,
    from: known,
    to: end,
    queue: structs.filter((struct) => struct.id.clock + struct.length > known),
    done: 0,
    chains: new Map(),
    hasGap: first > known,
  }
}

function newLength({ id, length }: Y.Item, { from }: FreshClient): number {
  return length - Math.max(0, from - id.clock)
}

/** Whether sorted, disjoint ranges hold all of a struct. */
function isCovered({ id, length }: Y.Item, deletes: readonly DeleteRange[] = []): boolean {
  let low = 0
  let high = deletes.length
  while (low < high) {
    const middle = (low + high) >> 1
    const range = deletes[middle]
    if (range !== undefined && range.clock + range.length <= id.clock) low = middle + 1
    else high = middle
  }
  const range = deletes[low]
  return (
    range !== undefined &&
    range.clock <= id.clock &&
    id.clock + length <= range.clock + range.length
  )
}

/** Adds the next clock to sorted ranges. */
function addClock(ranges: DeleteRange[], clock: number): void {
  const last = ranges.at(-1)
  if (last !== undefined && last.clock + last.length === clock) last.length += 1
  else ranges.push({ clock, length: 1 })
}

/** Puts each new value of a struct into its chain; answers why not, when it may not stand there. */
function placeItem(
  item: Y.Item,
  chain: KeyChain,
  client: FreshClient,
  isDeleted: boolean,
): Refusal | undefined {
  const isRemains = item.content instanceof Y.ContentDeleted
  // Devices that keep deleted values join several of them in one struct. Joined values that are
  // not deleted come from no map: the rest of the code relies on live ones being one unit long.
  const isValue = item.content instanceof Y.ContentAny && (item.length === 1 || isDeleted)
  if (!isRemains && !isValue) {
    return { code: 'content_not_allowed', root: chain.root, key: chain.key }
  }
  const values = item.content.getContent()
  for (let index = Math.max(0, client.from - item.id.clock); index < item.length; index += 1) {
    const clock = item.id.clock + index
    client.chains.set(clock, chain)
    chain.place({
      clientId: client.clientId,
      clock,
      origin: index === 0 ? item.origin : Y.createID(client.clientId, clock - 1),
      isDeleted: isRemains,
      hasValue: !isRemains,
      value: isRemains ? undefined : values[index],
    })
  }
  return undefined
}

function runOf({ clientId, from, queue }: FreshClient): StructRun {
  const offset = Math.max(0, from - (queue[0]?.id.clock ?? from))
  return { clientId, clock: from, offset, structs: queue }
}

/** The root and key that a stored item is a value of; undefined when it is none. */
function placeOf(item: Y.Item | Y.GC): { root: string; key: string } | undefined {
  if (!(item instanceof Y.Item) || item.parentSub === null) return undefined
  const { parent } = item
  if (!(parent instanceof Y.AbstractType) || parent._item !== null) return undefined
  return { root: Y.findRootTypeKey(parent), key: item.parentSub }
}

/** Clocks of a range that may not be deleted yet: stored live values, and all that are new. */
function* liveClocks(
  store: Y.Doc['store'],
  clientId: number,
  range: DeleteRange,
): Generator<number> {
  const rangeEnd = range.clock + range.length
  const known = Y.getState(store, clientId)
  const structs = store.clients.get(clientId) ?? []
  const first = range.clock < known ? Y.findIndexSS(structs, range.clock) : structs.length
  for (let index = first; index < structs.length; index += 1) {
    const struct = structs[index]
    if (struct === undefined || struct.id.clock >= rangeEnd) break
    // Values that are not deleted are one unit long, so the range cannot cut one in two.
    if (!struct.deleted) yield struct.id.clock
  }
  for (let clock = Math.max(range.clock, known); clock < rangeEnd; clock += 1) yield clock
}

function refuse(code: ErrorCode): UpdateReading {
  return { refusal: { code } }
}
