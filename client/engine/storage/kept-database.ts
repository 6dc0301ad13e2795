/**
 * One IndexedDB database that mirrors something in memory. Memory is the truth: while the database
 * cannot be written, everything goes on, and once it can, all that memory has is written again.
 * Writes run one after another. Nothing here throws at a writer.
 */
import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { Recoverable, StorageMonitor } from './storage-monitor.ts'
import { StorageError, troubleOf } from './storage-trouble.ts'

export interface KeptDatabase<Schema extends DBSchema> {
  /** Resolves when what is stored was read, or when there is no waiting for that. */
  ready: Promise<void>
  /** `change` may run twice: again after space was made for it. */
  write: (change: (database: IDBPDatabase<Schema>) => Promise<unknown>) => void
  /** Resolves when what was to be written so far is on disk, or could not be kept there. */
  written: () => Promise<void>
  /** Waits for what was to be written. */
  close: () => Promise<void>
}

export interface KeptDatabaseOptions<Schema extends DBSchema> {
  name: string
  /** Raised when versions of the app before could not work with the layout; see client/README.md. */
  version: number
  upgrade: (database: IDBPDatabase<Schema>) => void
  /** Reads what is stored, once; perhaps only after `ready`, when opening took long. */
  read: (database: IDBPDatabase<Schema>) => Promise<void>
  /** Writes all that memory has. */
  rewrite: (database: IDBPDatabase<Schema>) => Promise<unknown>
  monitor: StorageMonitor
  /** Another window may delete it to make room, which is no trouble. */
  canBeGivenUp?: boolean
}

/** Nothing on the screen waits longer than this for a disk. */
const OPEN_LIMIT_MS = 3_000

export function openKeptDatabase<Schema extends DBSchema>(
  options: KeptDatabaseOptions<Schema>,
): KeptDatabase<Schema> {
  const { name, monitor } = options
  let connection: IDBPDatabase<Schema> | undefined
  let isOpening = false
  let wasRead = false
  /** Something may not have been written: all of memory is, at the next opening. */
  let mustRewrite = false
  /** Another window has deleted or changed it; opening it again would bring back what it deleted. */
  let isGone = false
  let isClosed = false
  let lastWrite: Promise<unknown> = Promise.resolve()
  const self: Recoverable = { retry: () => void open() }

  function fail(error: unknown): void {
    mustRewrite = true
    const trouble = troubleOf(error, connection === undefined)
    connection?.close()
    connection = undefined
    if (!isClosed) monitor.report(self, trouble, error)
  }

  function onGone(isDeleted: boolean): void {
    isGone = true
    connection?.close()
    connection = undefined
    if (isClosed || (isDeleted && options.canBeGivenUp === true)) return
    const error = isDeleted
      ? new StorageError('erased', `${name} was deleted by another window`)
      : new StorageError('outdated', `${name} was changed by a newer version`)
    monitor.report(self, error.trouble, error)
  }

  async function open(): Promise<void> {
    if (isOpening || isGone || isClosed || connection !== undefined) return
    isOpening = true
    try {
      const opened = await openDB<Schema>(name, options.version, {
        upgrade: options.upgrade,
        blocking(_current, next, { target }) {
          if (target instanceof IDBDatabase) target.close()
          onGone(next === null)
        },
        terminated() {
          if (connection === opened) fail(new StorageError('closed', `${name} was closed`))
        },
      })
      await takeOpened(opened)
    } catch (error) {
      if (troubleOf(error, true) === 'outdated') isGone = true
      fail(error)
    } finally {
      isOpening = false
    }
  }

  async function takeOpened(opened: IDBPDatabase<Schema>): Promise<void> {
    if (opened.objectStoreNames.length === 0) {
      // Whoever opened it first made nothing in it: made anew, it gets its stores.
      opened.close()
      await deleteDB(name)
      throw new StorageError('closed', `${name} has no stores`)
    }
    if (!isClosed && !isGone && !wasRead) {
      await options.read(opened).catch((error: unknown) => {
        opened.close()
        throw error
      })
      wasRead = true
    }
    if (isClosed || isGone) {
      opened.close()
      return
    }
    connection = opened
    // First in line: what is written from now on comes after it.
    if (mustRewrite) write(options.rewrite)
    write(async () => {
      mustRewrite = false
      monitor.settle(self)
    })
  }

  function write(change: (database: IDBPDatabase<Schema>) => Promise<unknown>): void {
    lastWrite = lastWrite.then(async () => {
      const used = connection
      if (used === undefined) {
        mustRewrite = true
        return
      }
      for (;;) {
        try {
          await change(used)
          return
        } catch (error) {
          const isFull = troubleOf(error, false) === 'full'
          if (isFull && connection === used && (await monitor.makeRoom())) continue
          if (connection === used) fail(error)
          return
        }
      }
    })
  }

  let timer: ReturnType<typeof setTimeout> | undefined
  // One wait is enough to know a disk that does not answer.
  const limitMs = monitor.trouble() === 'silent' ? 0 : OPEN_LIMIT_MS
  const ready = Promise.race([
    open(),
    new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        fail(new StorageError('silent', `${name} does not open`))
        resolve()
      }, limitMs)
    }),
  ]).finally(() => clearTimeout(timer))

  return {
    ready,
    write,
    async written() {
      await lastWrite
    },
    async close() {
      await ready
      await lastWrite
      isClosed = true
      connection?.close()
      connection = undefined
      monitor.settle(self)
    },
  }
}
