/** The frame of the screens before the workspace. */
import type { ReactNode } from 'react'
import styles from './account.module.css'

export interface AccountCardProps {
  title: string
  children: ReactNode
}

export function AccountCard({ title, children }: AccountCardProps): ReactNode {
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <img src="/icon.svg" alt="" width="32" height="32" />
          ConnectNow
        </div>
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  )
}
