/** Something typed that goes nowhere any more: to read, to copy, or to give up. */
import type { ReactNode } from 'react'
import { announceGivenUp } from '../../store/left-drafts.ts'
import { UndeliveredButtons } from './message-row.tsx'
import styles from './undelivered.module.css'

export interface LeftTextProps {
  heading: string
  /** Names the text. */
  label: string
  text: string
  onDiscard: () => void
}

export function LeftText({ heading, label, text, onDiscard }: LeftTextProps): ReactNode {
  const discard = (): void => {
    onDiscard()
    announceGivenUp()
  }
  return (
    <section className={styles.draft} aria-label="Not sent">
      <h3>{heading}</h3>
      <textarea aria-label={label} readOnly dir="auto" value={text} />
      <UndeliveredButtons text={text} onDiscard={discard} />
    </section>
  )
}
