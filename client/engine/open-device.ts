/**
 * What one person has on this device: the outbox, the facts and the copies, and how it is with the
 * disk that they are on. Their own documents come first; copies of what the server has make room.
 */
import type { MessageId, UserId } from '../../shared/ids.ts'
import { eraseDatabases } from './erase-databases.ts'
import { openFacts, type Facts } from './facts.ts'
import type { Observable } from './engine-interface.ts'
import { createKnownSegments, type KnownSegments } from './known-segments.ts'
import { createObservable } from './observable-value.ts'
import { openOutbox, type Outbox } from './outbox.ts'
import { giveUpCopies } from './storage/give-up-copies.ts'
import { createSpaceWatch } from './storage/space-watch.ts'
import { createStorageMonitor, type StorageMonitor } from './storage/storage-monitor.ts'
import type { StorageTrouble } from './storage/storage-trouble.ts'

export interface DiskState {
  /** Undefined while everything is kept. */
  trouble: StorageTrouble | undefined
  isShort: boolean
}

export interface Device {
  disk: Observable<DiskState>
  outbox: Outbox
  facts: Facts
  segments: KnownSegments
  monitor: StorageMonitor
  /** Call when a copy was made. */
  measureSpace: () => void
  databaseName: (documentName: string) => string
  close: () => Promise<void>
  /** Deletes everything of this person that is on the disk; call after `close`. */
  deleteAll: () => Promise<void>
}

export interface DeviceOptions {
  userId: UserId
  now: () => number
  newMessageId: () => MessageId
  /** Whether the document is open, so that its copy cannot be given up. */
  isOpen: (documentName: string) => boolean
  /** How much space the browser gives and how much of it is used, if it says. */
  estimate: (() => Promise<{ usage?: number; quota?: number }>) | undefined
  onFailure: (error: unknown) => void
}

export async function openDevice(options: DeviceOptions): Promise<Device> {
  const { userId, onFailure } = options
  const prefix = `connectnow-${userId}-`
  const databaseName = (documentName: string): string => `${prefix}${documentName}`
  let isClosed = false
  const disk = createObservable<DiskState>(
    { trouble: undefined, isShort: false },
    (one, other) => one.trouble === other.trouble && one.isShort === other.isShort,
  )
  const space = createSpaceWatch({
    estimate: options.estimate,
    onChange: () => disk.set({ ...disk.snapshot(), isShort: space.isShort() }),
    onFailure,
  })
  /** Once the outbox and the facts are there: only then is it known what may be given up. */
  let giveUp: (() => Promise<number>) | undefined

  async function makeRoom(): Promise<boolean> {
    space.noteFull()
    try {
      return ((await giveUp?.()) ?? 0) > 0
    } catch (error) {
      onFailure(error)
      return false
    }
  }

  const monitor = createStorageMonitor({
    onChange: () => disk.set({ ...disk.snapshot(), trouble: monitor.trouble() }),
    onFailure,
    makeRoom,
  })
  const [outbox, facts] = await Promise.all([
    openOutbox({
      databaseName: `${prefix}outbox`,
      monitor,
      userId,
      now: options.now,
      newMessageId: options.newMessageId,
      onDamaged: onFailure,
    }),
    openFacts(`${prefix}facts`, monitor),
  ])
  const segments = createKnownSegments(facts)
  giveUp = () =>
    giveUpCopies({
      segments,
      isNeeded: (name) => options.isOpen(name) || outbox.documentNames().includes(name),
      databaseName,
    })

  /** A browser that needed space may have deleted copies, which facts still speak of. */
  async function forgetLostCopies(): Promise<void> {
    const databases = await indexedDB.databases()
    if (isClosed) return
    const names = databases.flatMap(({ name }) =>
      name?.startsWith(prefix) === true ? [name.slice(prefix.length)] : [],
    )
    segments.noteKept(new Set(names))
  }

  // Not for what is only in memory: no copy is missing where none can be.
  if (monitor.trouble() === undefined) void forgetLostCopies().catch(onFailure)
  space.measure()

  return {
    disk,
    outbox,
    facts,
    segments,
    monitor,
    measureSpace: space.measure,
    databaseName,
    async close() {
      isClosed = true
      await outbox.close()
      await facts.close()
      space.close()
      monitor.close()
    },
    deleteAll: () => eraseDatabases(prefix),
  }
}
