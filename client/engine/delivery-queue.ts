/**
 * What one conversation still has to deliver, and its place in the document. Records go into the
 * document as they are written; after a refusal they are put back one by one, each waiting for
 * the one before to be durable, so that a further refusal names its record.
 */
import * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'
import { isTombstone, messageRecordSchema } from '../../shared/records/message.ts'
import type { Refusal } from '../../shared/sync/refusal.ts'
import type { HybridClock } from './hybrid-clock.ts'
import { isSameRecord } from './is-same-record.ts'
import { messageOf, NOWHERE, type OutboxEntry } from './outbox-entry.ts'
import type { Outbox } from './outbox.ts'
import { remakeEntry } from './remake-entry.ts'

/** What is to be written; its place in the outbox and in the document is found here. */
export type NewEntry = Pick<OutboxEntry, 'kind' | 'messageId' | 'root' | 'key' | 'value'>

export interface DeliveryQueueDeps {
  documentName: string
  outbox: Outbox
  clock: HybridClock
  newId: () => string
  /** The document to write into; undefined while there is none that will last. */
  target: () => Y.Doc | undefined
  /** A document on the screen that shall never be sent, where what was refused still stands. */
  outdated: () => Y.Doc | undefined
  /** More is to be delivered than was known; some of it the server may have already. */
  onFound: () => void
  onChange: (entries: readonly OutboxEntry[]) => void
}

export interface DeliveryQueue {
  /** Reads what an earlier session left; what was written meanwhile stands behind it. */
  load: () => Promise<void>
  hasRefused: () => boolean
  write: (entry: NewEntry) => void
  /** Keeps what cannot be delivered, with the reason. */
  writeRefused: (entry: NewEntry, refusal: Refusal) => void
  /** Puts the first record that the document lacks into it; the next one follows its fate. */
  deliverNext: () => void
  /**
   * The server has every struct of this clientID below this clock on disk. Tells whether a record
   * was delivered by that.
   */
  settle: (clientId: number, clock: number) => boolean
  /** How often the record that this refusal is about was refused by now; 0 if it is not clear which. */
  countRefusals: (refusal: Refusal) => number
  /** Marks the record that this refusal is about. */
  setAside: (refusal: Refusal) => void
  refuseAll: (refusal: Refusal) => void
  /** The document was replaced: nothing is on its way any more. */
  forgetPlaces: () => void
  /** Lets a refused record wait for delivery again; tells whether it is one of these. */
  retry: (outboxId: string) => boolean
  discard: (outboxId: string) => void
  stop: () => void
}

export function createDeliveryQueue(deps: DeliveryQueueDeps): DeliveryQueue {
  const { documentName, outbox, clock } = deps
  let entries: OutboxEntry[] = []
  let nextOrder = 0
  /** The entry that was put back last and is not yet durable; others wait behind it. */
  let inFlightId: string | undefined
  /** How often each entry was refused without being set aside. */
  const refusals = new Map<string, number>()

  const waiting = (): OutboxEntry[] => entries.filter(({ refusal }) => refusal === undefined)

  const inFlight = (): OutboxEntry | undefined => waiting().find(({ id }) => id === inFlightId)
  const namedBy = (refusal: Refusal): OutboxEntry[] =>
    waiting().filter(({ key, root }) => key === refusal.key && root === refusal.root)

  function setEntries(next: OutboxEntry[]): void {
    entries = next
    deps.onChange(entries)
  }

  const stopWatching = outbox.onChange(({ removedId, found }) => {
    if (found === 'earlier') void load().then(deps.onFound)
    if (found === 'left') void takeLeft()
    if (!entries.some(({ id }) => id === removedId)) return
    setEntries(entries.filter(({ id }) => id !== removedId))
    // Another tab has delivered what the others waited behind.
    if (inFlightId !== removedId) return
    inFlightId = undefined
    deliverNext()
  })

  function save(entry: OutboxEntry): void {
    outbox.put(entry)
    const isKnown = entries.some(({ id }) => id === entry.id)
    setEntries(
      isKnown ? entries.map((each) => (each.id === entry.id ? entry : each)) : [...entries, entry],
    )
  }

  function drop(id: string): void {
    if (inFlightId === id) inFlightId = undefined
    refusals.delete(id)
    outbox.remove(id)
    setEntries(entries.filter((entry) => entry.id !== id))
  }

  function makeEntry(entry: NewEntry): OutboxEntry {
    nextOrder += 1
    return { ...entry, ...NOWHERE, id: deps.newId(), documentName, order: nextOrder - 1 }
  }

  /** Writes an entry into a document and notes by which clock it will be known to be durable. */
  function putInto(document: Y.Doc, entry: OutboxEntry): void {
    document.transact(() => {
      const map = rootMap(document, entry.root)
      // A removal alone advances no clock; written and removed, it has one to be confirmed by.
      map.set(entry.key, entry.value ?? clock.now())
      if (entry.value === undefined) map.delete(entry.key)
    })
    const { clientID } = document
    save({ ...entry, clientId: clientID, clock: Y.getState(document.store, clientID) })
  }

  function deliverNext(): void {
    const document = deps.target()
    if (document === undefined || inFlightId !== undefined) return
    for (const next of waiting()) {
      if (isPlaced(document, next)) continue
      const remade = remakeEntry(next, document, clock.now())
      if (remade === undefined) {
        drop(next.id)
        continue
      }
      inFlightId = next.id
      putInto(document, remade)
      return
    }
  }

  function write(entry: NewEntry): void {
    const document = deps.target()
    const made = makeEntry(entry)
    const isNext = document !== undefined && waiting().every((before) => isPlaced(document, before))
    if (isNext && inFlightId === undefined) putInto(document, made)
    else save(made)
  }

  /**
   * Of two concurrent writes to a message Yjs keeps one. A deletion must win over an edit, and a
   * person's edit must not vanish unread behind that of their other device: the loser, which
   * alone knows, writes again on top.
   */
  function writeAgainIfLost(entry: OutboxEntry): void {
    const { kind, messageId, root, key } = entry
    const document = deps.target()
    if (document === undefined || root !== 'messages' || kind === 'message') return
    const standing = messageRecordSchema.safeParse(rootMap(document, root).get(key)).data
    const wanted = messageOf(entry)
    if (standing === undefined || wanted === undefined || isTombstone(standing)) return
    const isSuperseded = entries.some((each) => each.root === root && each.key === key)
    if (isSuperseded || standing.version > wanted.version) return
    if (isSameRecord(standing, wanted)) return
    write({ kind, messageId, root, key, value: { ...wanted, version: standing.version + 1 } })
  }

  async function load(): Promise<void> {
    const kept = await outbox.load(documentName)
    nextOrder += Math.max(0, ...kept.map(({ order }) => order + 1))
    const written = entries.map((entry, index) => ({ ...entry, order: nextOrder + index }))
    nextOrder += written.length
    for (const entry of written) outbox.put(entry)
    const ids = new Set(written.map(({ id }) => id))
    setEntries([...kept.filter(({ id }) => !ids.has(id)), ...written])
  }

  /** What another engine had left stands behind all that it may have known of. */
  async function takeLeft(): Promise<void> {
    const kept = await outbox.load(documentName)
    const known = new Set(entries.map(({ id }) => id))
    const left = kept.filter(({ id }) => !known.has(id))
    if (left.length === 0) return
    nextOrder = Math.max(nextOrder, ...left.map(({ order }) => order + 1))
    setEntries([...entries, ...left])
    deps.onFound()
  }

  return {
    load,
    hasRefused: () => entries.some(({ refusal }) => refusal !== undefined),
    write,
    writeRefused: (entry, refusal) => save({ ...makeEntry(entry), refusal }),
    deliverNext,
    settle(clientId, upTo) {
      const settled = entries.filter((entry) => entry.clientId === clientId && entry.clock <= upTo)
      for (const entry of settled) {
        drop(entry.id)
        writeAgainIfLost(entry)
      }
      if (settled.length > 0) deliverNext()
      return settled.length > 0
    },
    countRefusals(refusal) {
      const culprit = namedBy(refusal)[0] ?? inFlight()
      if (culprit === undefined) return 0
      const count = (refusals.get(culprit.id) ?? 0) + 1
      refusals.set(culprit.id, count)
      return count
    },
    setAside(refusal) {
      const named = namedBy(refusal)
      const isNameless = refusal.key === undefined
      const culprit = named[0] ?? inFlight() ?? (isNameless ? waiting()[0] : undefined)
      inFlightId = undefined
      if (culprit === undefined) return
      // Somebody else, or another device of this person, was first: it is gone, as was wanted here.
      const isGone =
        refusal.code === 'already_deleted' && named.some(({ kind }) => kind === 'deletion')
      const followers =
        culprit.kind === 'message' || isGone ? named.filter(({ id }) => id !== culprit.id) : []
      // Ids are made once: it stands in another segment, where another tab had it delivered.
      const isThere =
        culprit.kind === 'message' && refusal.code === 'already_exists' && followers.length === 0
      for (const { id } of followers) drop(id)
      const last = isThere || isGone ? undefined : withLatestContent(culprit, followers.at(-1))
      if (last === undefined) drop(culprit.id)
      else save({ ...last, refusal })
    },
    refuseAll(refusal) {
      inFlightId = undefined
      for (const entry of waiting()) save({ ...entry, refusal })
    },
    forgetPlaces() {
      inFlightId = undefined
    },
    retry(outboxId) {
      const entry = entries.find(({ id }) => id === outboxId)
      if (entry?.refusal === undefined) return false
      refusals.delete(outboxId)
      const { refusal: _refusal, ...again } = entry
      save({ ...again, ...NOWHERE })
      return true
    },
    discard(outboxId) {
      const entry = entries.find(({ id }) => id === outboxId)
      drop(outboxId)
      const document = deps.outdated()
      // It stands there until a fresh document comes, and would pass for sent meanwhile.
      if (document !== undefined && entry?.kind === 'message') {
        rootMap(document, entry.root).delete(entry.key)
      }
    },
    stop: stopWatching,
  }
}

function isPlaced(document: Y.Doc, entry: OutboxEntry): boolean {
  return Y.getState(document.store, entry.clientId) >= entry.clock
}

/**
 * Later writes to a refused new message become part of it: there is nothing else to edit.
 * Undefined when the last of them was its deletion.
 */
function withLatestContent(
  created: OutboxEntry,
  follower: OutboxEntry | undefined,
): OutboxEntry | undefined {
  const latest = follower && messageOf(follower)
  const record = messageOf(created)
  if (latest === undefined || record === undefined) return created
  if (isTombstone(latest)) return undefined
  return { ...created, value: { ...record, content: latest.content } }
}
