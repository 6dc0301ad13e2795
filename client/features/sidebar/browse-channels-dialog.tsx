/** The channels that one is not in yet, to look at or join. */
import { Hash } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { Channel } from '../../../shared/api/channels.ts'
import { formatPath } from '../../store/conversation-path.ts'
import { useJoinChannel } from '../../store/directory-commands.ts'
import { useChannels } from '../../store/directory-queries.ts'
import { sentenceForError } from '../../store/error-sentences.ts'
import { Button, TextField } from '../../ui/controls.tsx'
import { useWayBack } from '../../store/way-back.ts'
import { Dialog } from '../../ui/dialog.tsx'
import type { SidebarDialogProps } from './create-channel-dialog.tsx'
import styles from './sidebar.module.css'

export function BrowseChannelsDialog({ isOpen, onClose }: SidebarDialogProps): ReactNode {
  const { items } = useChannels()
  const [search, setSearch] = useState('')
  const wanted = search.trim().toLowerCase()
  const found = items
    .filter(({ myRole, archivedAt }) => myRole === null && archivedAt === null)
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .toSorted((one, other) => one.name.localeCompare(other.name))
  return (
    <Dialog title="Browse channels" isOpen={isOpen} onClose={onClose}>
      <TextField
        label="Find a channel"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      {found.length === 0 ? (
        <p className={styles.soft}>
          {wanted === ''
            ? 'You are in all channels that there are.'
            : 'No other channel is called so.'}
        </p>
      ) : (
        <ul className={styles.people}>
          {found.map((channel) => (
            <li key={channel.id}>
              <ChannelChoice channel={channel} onJoined={onClose} />
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  )
}

function ChannelChoice({
  channel,
  onJoined,
}: {
  channel: Channel
  onJoined: () => void
}): ReactNode {
  const { open } = useWayBack()
  const { mutateAsync, isPending, error } = useJoinChannel()
  // Joined, the channel is no longer in this list: the way on must not depend on being here.
  const join = async (): Promise<void> => {
    await mutateAsync(channel.id)
    open(formatPath({ kind: 'channel', id: channel.id }))
    onJoined()
  }
  return (
    <div className={styles.choice}>
      <Hash size={16} />
      <span className={styles.name}>
        {channel.name}{' '}
        <span className={styles.soft}>
          {error === null ? `${channel.memberCount} members` : sentenceForError(error)}
        </span>
      </span>
      <Button
        isSmall
        disabled={isPending}
        aria-label={`Join ${channel.name}`}
        onClick={() => void join().catch(() => undefined)}
      >
        Join
      </Button>
    </div>
  )
}
