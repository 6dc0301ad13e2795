/**
 * The title of the page, by which one tells tabs and steps of the history apart, and sees from
 * another tab that something is unread.
 */
import { useEffect } from 'react'
import { formatCount, useUnreadTotal } from './unread.ts'

const APP = 'ConnectNow'

/** Names the page after what it shows; after the app alone where that is nothing. */
export function usePageTitle(name: string | undefined): void {
  const unread = useUnreadTotal()
  useEffect(() => {
    const title = name === undefined ? APP : `${name} · ${APP}`
    document.title = unread === 0 ? title : `(${formatCount(unread)}) ${title}`
    return () => {
      document.title = APP
    }
  }, [name, unread])
}
