/** Where this browser stands with the server: on every screen, at every width. */
import { AlertCircle, Check, CloudOff, RefreshCw } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { EngineStatus } from '../../engine/engine-interface.ts'
import { useEngineStatus } from '../../store/use-engine.ts'
import { VisuallyHidden } from '../../ui/controls.tsx'
import styles from './connection.module.css'
import { StorageNotice } from './storage-notice.tsx'
import { useSettled } from './use-settled.ts'

type Connection = EngineStatus['connection']

/** A message that one sends is on its way for a moment: the bar does not flash for it. */
const SETTLE_MS = 1_000

export function ConnectionBar(): ReactNode {
  const status = useEngineStatus()
  const { needsSignIn, pendingCount, refusedCount, missingCopies, isShortOfSpace } = status
  const connection = useSettled(status.connection, isBrief, SETTLE_MS)
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
  const refused = refusedCount === 0 ? '' : `${countOf(refusedCount)} could not be delivered.`
  return (
    <div
      className={styles.bar}
      data-connection={connection}
      data-warns={isSignedOut || connection === 'offline'}
      data-refused={refusedCount > 0}
    >
      <span className={styles.state}>
        <span className={styles.icon} data-turns={!needsSignIn}>
          {icon}
        </span>
        <span>{text}</span>
      </span>
      <output className={styles.refused}>{refused}</output>
      <output className={styles.notice}>
        <StorageNotice />
      </output>
      {globalThis.isSecureContext ? null : (
        <span>Without HTTPS this page cannot be reloaded offline.</span>
      )}
      <Announcement connection={connection} />
    </div>
  )
}

/** From online to syncing, and back in no time. */
function isBrief(from: Connection, to: Connection): boolean {
  return from === 'online' && to === 'syncing'
}

/** Screen readers hear of what changes what one can do, and not of each message on its way. */
function Announcement({ connection }: { connection: Connection }): ReactNode {
  const [said, setSaid] = useState<Connection>()
  if (connection !== said && (connection === 'online' || connection === 'offline')) {
    setSaid(connection)
  }
  const sentence = said === 'offline' ? 'Not connected. You can read and write.' : 'Connected.'
  return (
    <output>
      <VisuallyHidden>{said === undefined ? '' : sentence}</VisuallyHidden>
    </output>
  )
}

function countOf(count: number): string {
  return count === 1 ? '1 change' : `${count} changes`
}
