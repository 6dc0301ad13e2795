/** A line that says what has been done, for a few seconds, and to screen readers. */
import { useCallback, useEffect, useState, type ReactNode } from 'react'
import styles from './conversation.module.css'

const SHOWN_MS = 4_000

export interface Announcing {
  announce: (text: string) => void
  announcement: ReactNode
}

export function useAnnouncement(): Announcing {
  const [said, setSaid] = useState({ text: '', times: 0 })
  const announce = useCallback(
    (text: string) => setSaid(({ times }) => ({ text, times: times + 1 })),
    [],
  )
  useEffect(() => {
    if (said.text === '') return
    const timer = setTimeout(() => setSaid({ text: '', times: 0 }), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [said])
  return {
    announce,
    announcement: (
      <output className={styles.announcement}>
        {said.text === '' ? null : <span key={said.times}>{said.text}</span>}
      </output>
    ),
  }
}
