/** Why what is written is only in this page, and what its person can do about it. */
import type { ReactNode } from 'react'
import { useEngineStatus } from '../../store/use-engine.ts'
import { useStorageTrouble, type StorageTrouble } from '../../store/use-storage-trouble.ts'
import { Button } from '../../ui/controls.tsx'
import styles from './connection.module.css'

const sentences: Record<StorageTrouble, string> = {
  refused:
    'This browser keeps nothing on disk, as in a private window: let all be sent before you close the page.',
  silent:
    'The disk of this device does not answer: let all be sent before you close the page, or wait.',
  full: 'This device is out of space: let all be sent before you close the page, or free some space.',
  closed:
    'The browser closed what it keeps for this page; it is being opened again. What you see is all there.',
  outdated:
    'A newer version of ConnectNow has been opened. What you write here is still sent; reload to use the new version.',
  erased:
    'What was kept for this page has been deleted in another window. What you write here is still sent; reload to keep it again.',
}

/** For these nothing but a reload helps. */
const needsReload: ReadonlySet<StorageTrouble> = new Set(['outdated', 'erased'])

export function StorageNotice(): ReactNode {
  const { pendingCount, refusedCount } = useEngineStatus()
  const trouble = useStorageTrouble()
  if (trouble === undefined) return null
  // What waits, or was refused, is in this page alone: reloading it would be the end of that.
  const mayReload = needsReload.has(trouble) && pendingCount + refusedCount === 0
  return (
    <>
      <span className={styles.refused}>{sentences[trouble]}</span>
      {mayReload ? (
        <Button isSmall onClick={() => globalThis.location.reload()}>
          Reload
        </Button>
      ) : null}
    </>
  )
}
