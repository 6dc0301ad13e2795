/** How much is kept on this device, of how much, and whether the browser may delete it. */
import type { ReactNode } from 'react'
import type { KeptStorage } from '../../store/use-kept-storage.ts'
import styles from './account.module.css'

export interface StorageFactsProps extends KeptStorage {
  /** Older messages are missing here, for want of space. */
  isIncomplete: boolean
}

export function StorageFacts(props: StorageFactsProps): ReactNode {
  const { usage, quota, isPersisted, isIncomplete } = props
  if (usage === undefined) return null
  const limit = quota === undefined ? '' : ` of at most ${formatBytes(quota)}`
  return (
    <div className={styles.facts}>
      <p>{`${formatBytes(usage)}${limit} kept on this device.`}</p>
      <p>
        {isPersisted
          ? 'The browser keeps it until you sign out.'
          : 'The browser may delete it when it needs the space; it is fetched again then.'}
      </p>
      {isIncomplete ? <p>Older messages are not all kept: space is short.</p> : null}
    </div>
  )
}

const BYTES_PER_MEGABYTE = 1_000_000
const MEGABYTES_PER_GIGABYTE = 1_000

function formatBytes(bytes: number): string {
  const megabytes = bytes / BYTES_PER_MEGABYTE
  const isLarge = megabytes >= MEGABYTES_PER_GIGABYTE
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: isLarge ? 'gigabyte' : 'megabyte',
    maximumFractionDigits: 1,
  }).format(isLarge ? megabytes / MEGABYTES_PER_GIGABYTE : megabytes)
}
