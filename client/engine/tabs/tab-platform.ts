/** What a browser gives the tabs of one site to agree by. Tests bring doubles of it. */

export interface TabChannel {
  post: (message: unknown) => void
  close: () => void
}

export interface TabPlatform {
  locks: Pick<LockManager, 'request'>
  /** Opens a channel to all that have it open under this name in other tabs. */
  openChannel: (name: string, onMessage: (message: unknown) => void) => TabChannel
  /** Shared by the tabs, and written at once. */
  storage: Pick<Storage, 'length' | 'key' | 'getItem' | 'setItem' | 'removeItem'>
  isVisible: () => boolean
  onVisibilityChange: (listener: () => void) => () => void
}

/** Undefined where tabs cannot agree: each has an engine of its own then. */
export function browserPlatform(): TabPlatform | undefined {
  const locks: LockManager | undefined = globalThis.navigator.locks
  if (locks === undefined || globalThis.BroadcastChannel === undefined) return undefined
  const storage = readLocalStorage()
  if (storage === undefined) return undefined
  return {
    locks,
    openChannel(name, onMessage) {
      const channel = new BroadcastChannel(name)
      channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => onMessage(data))
      return {
        post: (message) => channel.postMessage(message),
        close: () => channel.close(),
      }
    },
    storage,
    isVisible: () => globalThis.document.visibilityState === 'visible',
    onVisibilityChange(listener) {
      globalThis.document.addEventListener('visibilitychange', listener)
      return () => globalThis.document.removeEventListener('visibilitychange', listener)
    },
  }
}

function readLocalStorage(): Storage | undefined {
  try {
    return globalThis.localStorage
  } catch {
    return undefined // closed to this page
  }
}
