/** A disk that fails as those of browsers do: at the boundary of IndexedDB, under the real engine. */
import 'fake-indexeddb/auto'
import { forceCloseDatabase } from 'fake-indexeddb'

export interface StorageFaults {
  /** Writes into these databases find no space from now on. */
  fill: (isFull: (databaseName: string) => boolean) => void
  /** These databases are not opened: the browser gives this error. */
  refuse: (isRefused: (databaseName: string) => boolean, errorName: string) => void
  /** Opening these databases is not answered, until `release`. */
  hang: (isHanging: (databaseName: string) => boolean) => void
  release: () => void
  /** The browser closes these connections while they are in use, as when site data is cleared. */
  closeConnections: (isClosed: (databaseName: string) => boolean) => void
  /** Names of databases that were deleted, in order. */
  deleted: readonly string[]
  /** Nothing fails any more. */
  mend: () => void
  restore: () => void
}

const never = (_name: string): boolean => false

export function createStorageFaults(): StorageFaults {
  const original = {
    open: IDBFactory.prototype.open,
    deleteDatabase: IDBFactory.prototype.deleteDatabase,
    add: IDBObjectStore.prototype.add,
    put: IDBObjectStore.prototype.put,
  }
  const connections = new Set<IDBDatabase>()
  const deleted: string[] = []
  let isFull = never
  let isRefused: (name: string) => boolean = never
  let errorName = 'UnknownError'
  let isHanging: (name: string) => boolean = never
  let waiting: (() => void)[] = []

  IDBFactory.prototype.open = function open(name, version) {
    if (isRefused(name)) throw new DOMException(`${name} is refused`, errorName)
    const request = original.open.call(this, name, version)
    request.addEventListener('success', () => connections.add(request.result))
    return isHanging(name) ? held(request) : request
  }
  IDBFactory.prototype.deleteDatabase = function deleteDatabase(name) {
    deleted.push(name)
    return original.deleteDatabase.call(this, name)
  }
  for (const kind of ['add', 'put'] as const) {
    IDBObjectStore.prototype[kind] = function write(value, key) {
      const request = original[kind].call(this, value, key)
      if (isFull(this.transaction.db.name)) abortForSpace(this.transaction)
      return request
    }
  }

  /** Holds back the answer of an open request. */
  function held(request: IDBOpenDBRequest): IDBOpenDBRequest {
    const listen = request.addEventListener.bind(request)
    const hold = (type: string, listener: EventListener): void =>
      listen(type, (event) => {
        if (type === 'success' && isHanging(nameOf(request))) waiting.push(() => listener(event))
        else listener(event)
      })
    Object.assign(request, { addEventListener: hold })
    return request
  }

  function release(): void {
    isHanging = never
    const answers = waiting
    waiting = []
    for (const answer of answers) answer()
  }

  function mend(): void {
    isFull = never
    isRefused = never
    release()
  }

  return {
    deleted,
    fill: (next) => (isFull = next),
    refuse(next, name) {
      isRefused = next
      errorName = name
    },
    hang: (next) => (isHanging = next),
    release,
    closeConnections(isClosed) {
      for (const each of connections) {
        if (!isClosed(each.name)) continue
        connections.delete(each)
        Reflect.apply(forceCloseDatabase, undefined, [each])
      }
    },
    mend,
    restore() {
      mend()
      Object.assign(IDBFactory.prototype, {
        open: original.open,
        deleteDatabase: original.deleteDatabase,
      })
      Object.assign(IDBObjectStore.prototype, { add: original.add, put: original.put })
    },
  }
}

function nameOf({ result }: IDBOpenDBRequest): string {
  return result.name
}

const aborted = new WeakSet<IDBTransaction>()

/** Ends a transaction the way a browser does that has no space left for it: soon, not at once. */
function abortForSpace(transaction: IDBTransaction): void {
  if (aborted.has(transaction)) return
  aborted.add(transaction)
  const abort: unknown = Reflect.get(transaction, '_abort')
  if (typeof abort !== 'function') throw new TypeError('fake-indexeddb has changed')
  queueMicrotask(() => Reflect.apply(abort, transaction, ['QuotaExceededError']))
}
