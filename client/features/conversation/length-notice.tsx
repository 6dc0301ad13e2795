/** Says when a message is longer than the guard takes, before it is sent. */
import type { ReactNode } from 'react'
import { MAX_CONTENT_LENGTH } from '../../../shared/records/message.ts'
import styles from './conversation.module.css'

export function isTooLong(content: string): boolean {
  return content.length > MAX_CONTENT_LENGTH
}

export function TooLong({ content }: { content: string }): ReactNode {
  if (!isTooLong(content)) return null
  const surplus = content.length - MAX_CONTENT_LENGTH
  return (
    <p className={styles.count} role="alert">
      {surplus === 1 ? '1 character' : `${surplus.toLocaleString()} characters`} too long. Shorten
      it, or send it in parts.
    </p>
  )
}
