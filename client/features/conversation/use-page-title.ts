/** The title of the page, by which one tells tabs and steps of the history apart. */
import { useEffect } from 'react'

const APP = 'ConnectNow'

export function usePageTitle(name: string): void {
  useEffect(() => {
    document.title = `${name} · ${APP}`
    return () => {
      document.title = APP
    }
  }, [name])
}
