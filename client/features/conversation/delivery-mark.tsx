/** Beside a message of one's own: whether it is on its way, or on the server's disk. */
import { Check, Clock } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import type { Delivery } from '../../engine/engine-interface.ts'
import { useEngineStatus } from '../../store/use-engine.ts'
import { VisuallyHidden } from '../../ui/controls.tsx'
import styles from './conversation.module.css'

/** Less than this goes without saying. */
const SLOW_MS = 2_000

export interface DeliveryMarkProps {
  state: Delivery['state']
  /** To others it goes without saying that a message was sent. */
  isMine: boolean
}

export function DeliveryMark({ state, isMine }: DeliveryMarkProps): ReactNode {
  if (state === 'pending') return <PendingMark />
  if (state === 'refused' || !isMine) return null
  return (
    <span className={`${styles.mark} ${styles.sent}`} title="Sent: the server has it on disk">
      <Check size={13} />
      <VisuallyHidden>Sent</VisuallyHidden>
    </span>
  )
}

function PendingMark(): ReactNode {
  const { connection, needsSignIn } = useEngineStatus()
  const [isSlow, setSlow] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS)
    return () => clearTimeout(timer)
  }, [])
  const isConnected = connection === 'online' || connection === 'syncing'
  const text = 'Not sent yet'
  return (
    <span className={styles.mark} title={text}>
      <Clock size={13} />
      {isSlow || needsSignIn || !isConnected ? text : <VisuallyHidden>{text}</VisuallyHidden>}
    </span>
  )
}
