/** Where this browser stands with the server: on every screen, at every width. */
import { AlertCircle, Check, CloudOff, RefreshCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { useEngineStatus } from '../../store/use-engine.ts'
import styles from './connection.module.css'
import { StorageNotice } from './storage-notice.tsx'

export function ConnectionBar(): ReactNode {
  const { needsSignIn, connection, pendingCount, refusedCount, missingCopies, isShortOfSpace } =
    useEngineStatus()
  const waiting = pendingCount === 0 ? '' : ` ${countOf(pendingCount)} will be sent.`
  const copying = isShortOfSpace
    ? 'Online. Older messages are not all kept for reading offline: space is short.'
    : 'Online. Fetching older messages for reading offline…'
  const view = {
    offline: { icon: <CloudOff size={16} />, text: `Offline. You can read and write.${waiting}` },
    connecting: { icon: <RefreshCw size={16} />, text: `Connecting…${waiting}` },
    syncing: { icon: <RefreshCw size={16} />, text: `Syncing…${waiting}` },
    online: {
      icon: refusedCount === 0 ? <Check size={16} /> : <AlertCircle size={16} />,
      text: missingCopies === 0 ? 'Online' : copying,
    },
  }[connection]
  const isSignedOut = needsSignIn && connection !== 'offline'
  const { icon, text } = isSignedOut ? { icon: <CloudOff size={16} />, text: 'Signed out' } : view
  return (
    <output
      className={styles.bar}
      data-connection={connection}
      data-warns={isSignedOut || connection === 'offline'}
      data-refused={refusedCount > 0}
    >
      <span className={styles.icon} data-turns={!needsSignIn}>
        {icon}
      </span>
      <span>{text}</span>
      {refusedCount > 0 ? (
        <span className={styles.refused}>{countOf(refusedCount)} could not be delivered.</span>
      ) : null}
      <StorageNotice />
      {globalThis.isSecureContext ? null : (
        <span>Without HTTPS this page cannot be reloaded offline.</span>
      )}
    </output>
  )
}

function countOf(count: number): string {
  return count === 1 ? '1 change' : `${count} changes`
}
