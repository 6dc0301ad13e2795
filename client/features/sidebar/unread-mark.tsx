/** What is unread in a conversation of the list: a badge for the eye, and the whole of it in words. */
import type { ReactNode } from 'react'
import { formatCount, unreadSentence, type Unread } from '../../store/unread.ts'
import { VisuallyHidden } from '../../ui/controls.tsx'
import styles from './sidebar.module.css'

export interface UnreadMarkProps {
  unread: Unread
  /** What the badge counts; none at 0. */
  badge: number
}

export function UnreadMark({ unread, badge }: UnreadMarkProps): ReactNode {
  const sentence = unreadSentence(unread)
  return (
    <>
      {badge === 0 ? null : (
        <span className={styles.badge} aria-hidden>
          {formatCount(badge)}
        </span>
      )}
      {sentence === '' ? null : <VisuallyHidden>{sentence}</VisuallyHidden>}
    </>
  )
}
