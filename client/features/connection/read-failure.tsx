/** In the place of a list that could not be read: why, and the way to try again. */
import type { ReactNode } from 'react'
import { sentenceForError } from '../../store/error-sentences.ts'
import { Button } from '../../ui/controls.tsx'
import styles from './connection.module.css'

export interface ReadFailureProps {
  error: Error
  onRetry: () => void
}

export function ReadFailure({ error, onRetry }: ReadFailureProps): ReactNode {
  return (
    <div className={styles.failure} role="alert">
      <p>{sentenceForError(error)}</p>
      <Button isSmall onClick={onRetry}>
        Retry
      </Button>
    </div>
  )
}
