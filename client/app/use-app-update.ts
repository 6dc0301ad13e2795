/** Registers the service worker, and says when a new version of the app waits to be used. */
import { useEffect, useState } from 'react'
import { Workbox } from 'workbox-window'

export interface AppUpdate {
  isWaiting: boolean
  apply: () => void
}

/** How often a page that stays open looks for a new version. */
const CHECK_INTERVAL_MS = 60 * 60 * 1_000

export function useAppUpdate(): AppUpdate {
  const [waiting, setWaiting] = useState<Workbox>()
  useEffect(() => {
    if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
    const workbox = new Workbox('/service-worker.js')
    workbox.addEventListener('waiting', () => setWaiting(workbox))
    workbox.addEventListener('controlling', ({ isUpdate }) => {
      if (isUpdate === true) globalThis.location.reload()
    })
    const check = (): void => void workbox.update().catch(() => undefined) // offline: next time
    void workbox.register().catch(globalThis.reportError)
    const timer = setInterval(check, CHECK_INTERVAL_MS)
    return () => clearInterval(timer)
  }, [])
  return { isWaiting: waiting !== undefined, apply: () => waiting?.messageSkipWaiting() }
}
