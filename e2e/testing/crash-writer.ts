/** A person who writes as fast as they can until the server dies, and notes what it acknowledged. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'
import type { RecordEdit } from '../../shared/document/record-edit.ts'
import type { MessageId } from '../../shared/ids.ts'
import { createEditChooser } from './choose-edits.ts'
import { recordsOf, type ExpectedRecords, type PendingWrite } from './expected-records.ts'
import type { Person } from './person.ts'
import type { SeededRandom } from './seeded-random.ts'
import { openSyncConnection } from './sync-connection.ts'

export interface CrashWriter {
  /** Sends updates, each in an event-loop turn of its own, until told to stop. */
  write: (count: number, isStopped: () => boolean) => Promise<void>
  /** Resolves when all that was written has been acknowledged; rejects when some was refused. */
  acknowledged: () => Promise<void>
  /** How many updates nobody has acknowledged so far. */
  outstanding: () => number
  /** Waits for the end of the connection, notes what others' changes it was shown, forgets all. */
  end: () => Promise<void>
  /** Forgets all at once, as somebody who closes the window. */
  leave: () => void
}

export interface CrashWriterDeps {
  url: string
  person: Person
  documentName: string
  expected: ExpectedRecords
  random: SeededRandom
  nextId: () => MessageId
  onAcknowledged: () => void
  /** What the device had before, and how many updates it wrote offline. */
  offline?: { known: Uint8Array; count: number }
}

interface Sent {
  write: PendingWrite
  /** Durable once the server names this clock or a later one; undefined when it only removes. */
  clock: number | undefined
  /** The how manieth update of the connection it was; undefined when it was written offline. */
  place: number | undefined
}

export async function openCrashWriter(deps: CrashWriterDeps): Promise<CrashWriter> {
  const { url, person, documentName, expected, random, nextId, onAcknowledged, offline } = deps
  const document = new Y.Doc()
  if (offline !== undefined) Y.applyUpdate(document, offline.known)
  const allAcknowledged: (() => void)[] = []
  let outstanding: Sent[] = []
  let sentCount = 0
  const ownClock = (): number => Y.getState(document.store, document.clientID)

  function perform(edits: readonly RecordEdit[], isOnline: boolean): void {
    const write = expected.write(edits)
    const before = ownClock()
    document.transact(() => {
      for (const { root, key, value } of edits) {
        if (value === undefined) rootMap(document, root).delete(key)
        else rootMap(document, root).set(key, value)
      }
    })
    if (isOnline) sentCount += 1
    const after = ownClock()
    outstanding.push({
      write,
      clock: after > before ? after : undefined,
      place: isOnline ? sentCount : undefined,
    })
  }

  function acknowledge(isOnDisk: (sent: Sent) => boolean): void {
    for (const { write } of outstanding.filter(isOnDisk)) {
      write.acknowledge()
      onAcknowledged()
    }
    outstanding = outstanding.filter(({ write }) => !write.isAcknowledged())
    if (outstanding.length === 0) for (const resolve of allAcknowledged.splice(0)) resolve()
  }

  if (offline !== undefined) {
    const chooser = createEditChooser({ document, userId: person.userId, random, nextId })
    for (let count = 0; count < offline.count; count += 1) {
      perform(chooser.nextWithContent(), false)
    }
  }
  const connection = openSyncConnection({
    url,
    cookie: person.cookie,
    documentName,
    document,
    onDurable: (durable) => acknowledge(({ clock }) => clock !== undefined && clock <= durable),
    onConfirmed() {
      // Told while an update is being sent, too, which `sentCount` does not count yet.
      const confirmed = sentCount - connection.unconfirmed()
      acknowledge(({ place }) => place !== undefined && place <= confirmed)
    },
  })
  if (offline === undefined) await connection.synced

  /** False when the server died before; what was written offline is then not acknowledged. */
  async function isSynced(): Promise<boolean> {
    return connection.synced.then(
      () => true,
      () => false,
    )
  }

  /** What came from others must outlive the crash, too: the server relays only what is on disk. */
  function noteWhatWasShown(): void {
    const mine = new Set(outstanding.flatMap(({ write }) => write.places))
    const shown = recordsOf(document)
    for (const place of expected.unsettled()) {
      // Of what is missing here, nobody can tell whether it was removed or has never come.
      if (shown.has(place) && !mine.has(place)) expected.seen(place, shown.get(place))
    }
  }

  return {
    async write(count, isStopped) {
      if (!(await isSynced())) return
      const chooser = createEditChooser({ document, userId: person.userId, random, nextId })
      for (let sent = 0; sent < count && !isStopped(); sent += 1) {
        perform(chooser.next(), true)
        await nextTurn()
      }
    },
    acknowledged() {
      const { promise, resolve } = Promise.withResolvers<void>()
      allAcknowledged.push(resolve)
      acknowledge(() => false)
      return Promise.race([promise, connection.refused])
    },
    outstanding: () => outstanding.length,
    async end() {
      await connection.closed
      noteWhatWasShown()
      connection.destroy()
    },
    leave: connection.destroy,
  }
}
