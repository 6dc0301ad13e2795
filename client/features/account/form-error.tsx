/** An error of a form, announced when it appears. */
import type { ReactNode } from 'react'
import styles from './account.module.css'

export function FormError({ children }: { children: string | undefined }): ReactNode {
  return (
    <p role="alert" className={styles.error}>
      {children}
    </p>
  )
}
