/** Says when a message is longer than the guard takes, before it is sent. */
import type { ReactNode } from 'react'
import { surplusOf } from '../../../shared/records/message.ts'
import styles from './conversation.module.css'

export function isTooLong(content: string): boolean {
  return surplusOf(content) > 0
}

export function TooLong({ content }: { content: string }): ReactNode {
  const surplus = surplusOf(content)
  if (surplus === 0) return null
  return (
    <p className={styles.count} role="alert">
      {surplus === 1 ? '1 character' : `${surplus.toLocaleString()} characters`} too long. Shorten
      it, or send it in parts.
    </p>
  )
}
