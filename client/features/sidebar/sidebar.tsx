/** The conversations of this person, and the ways to begin new ones. */
import { Compass, Hash, Lock, Plus } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import type { Channel } from '../../../shared/api/channels.ts'
import type { Dm } from '../../../shared/api/dms.ts'
import { formatPath } from '../../store/conversation-path.ts'
import { useChannels, useDms, usePeople } from '../../store/directory-queries.ts'
import { isUnread, useUnread, type Unread } from '../../store/unread.ts'
import { dmName } from '../../store/person-name.ts'
import { useWayBack } from '../../store/way-back.ts'
import { usePresence } from '../../store/use-engine.ts'
import { useWorkspace } from '../../store/workspace-context.ts'
import { IconButton, VisuallyHidden } from '../../ui/controls.tsx'
import { AccountMenu } from '../account/account-menu.tsx'
import { ReadFailure } from '../connection/read-failure.tsx'
import { BrowseChannelsDialog } from './browse-channels-dialog.tsx'
import { CreateChannelDialog } from './create-channel-dialog.tsx'
import { FailedCommands } from './failed-commands.tsx'
import { StartDmDialog } from './start-dm-dialog.tsx'
import styles from './sidebar.module.css'
import { UnreadMark } from './unread-mark.tsx'
import { UndeliveredList } from './undelivered-list.tsx'

type OpenDialog = 'browse' | 'create' | 'dm' | undefined

export function Sidebar({ onSignedOut }: { onSignedOut: () => void }): ReactNode {
  const [dialog, setDialog] = useState<OpenDialog>()
  const close = (): void => setDialog(undefined)
  return (
    <div className={styles.sidebar}>
      <header className={styles.head}>
        <strong>ConnectNow</strong>
        <AccountMenu onSignedOut={onSignedOut} />
      </header>
      <nav className={styles.lists} aria-label="Conversations">
        <FailedCommands />
        <UndeliveredList />
        <div className={styles.section}>
          <h2>Channels</h2>
          <IconButton label="Browse channels" onClick={() => setDialog('browse')}>
            <Compass size={18} />
          </IconButton>
          <IconButton label="Create a channel" onClick={() => setDialog('create')}>
            <Plus size={18} />
          </IconButton>
        </div>
        <ChannelList />
        <div className={styles.section}>
          <h2>Direct messages</h2>
          <IconButton label="Start a direct message" onClick={() => setDialog('dm')}>
            <Plus size={18} />
          </IconButton>
        </div>
        <DmList />
      </nav>
      <BrowseChannelsDialog isOpen={dialog === 'browse'} onClose={close} />
      <CreateChannelDialog isOpen={dialog === 'create'} onClose={close} />
      <StartDmDialog isOpen={dialog === 'dm'} onClose={close} />
    </div>
  )
}

function ChannelList(): ReactNode {
  const { items, isLoading, error, retry } = useChannels()
  const unreadIn = useUnread()
  const mine = items
    .filter(({ myRole }) => myRole !== null)
    .toSorted((one, other) => one.name.localeCompare(other.name))
  if (isLoading) return <p className={styles.note}>Loading…</p>
  if (error !== null && mine.length === 0) return <ReadFailure error={error} onRetry={retry} />
  if (mine.length === 0) {
    return <p className={styles.note}>You are in no channel yet. Browse them, or create one.</p>
  }
  return (
    <ul className={styles.list}>
      {mine.map((channel) => (
        <li key={channel.id}>
          <ChannelLink channel={channel} unread={unreadIn(channel)} />
        </li>
      ))}
    </ul>
  )
}

interface ChannelLinkProps {
  channel: Channel
  unread: Unread
}

function ChannelLink({ channel, unread }: ChannelLinkProps): ReactNode {
  const [location] = useLocation()
  const { step } = useWayBack()
  const path = formatPath({ kind: 'channel', id: channel.id })
  return (
    <Link
      href={path}
      state={step}
      className={styles.link}
      aria-current={isCurrent(location, path)}
      data-unread={isUnread(unread) && !channel.muted}
    >
      {channel.type === 'PRIVATE' ? <Lock size={16} /> : <Hash size={16} />}
      {channel.type === 'PRIVATE' ? <VisuallyHidden>private</VisuallyHidden> : null}
      <span className={styles.name}>{channel.name}</span>
      {channel.archivedAt === null ? null : <span className={styles.soft}>archived</span>}
      <UnreadMark unread={unread} badge={channel.muted ? 0 : unread.mentions} />
    </Link>
  )
}

function DmList(): ReactNode {
  const { items, isLoading, error, retry } = useDms()
  const unreadIn = useUnread()
  const ordered = items.toSorted(
    (one, other) => (other.lastMessageAt ?? other.createdAt) - (one.lastMessageAt ?? one.createdAt),
  )
  if (isLoading) return <p className={styles.note}>Loading…</p>
  if (error !== null && ordered.length === 0) return <ReadFailure error={error} onRetry={retry} />
  if (ordered.length === 0) return <p className={styles.note}>Nobody yet. Start one with +.</p>
  return (
    <ul className={styles.list}>
      {ordered.map((dm) => (
        <li key={dm.id}>
          <DmLink dm={dm} unread={unreadIn(dm)} />
        </li>
      ))}
    </ul>
  )
}

function DmLink({ dm, unread }: { dm: Dm; unread: Unread }): ReactNode {
  const [location] = useLocation()
  const { step } = useWayBack()
  const { me } = useWorkspace()
  const { byId } = usePeople()
  const present = usePresence()
  const path = formatPath({ kind: 'dm', id: dm.id })
  const others = dm.participantIds.filter((id) => id !== me.id)
  const isOnline = others.some((id) => present.has(id))
  return (
    <Link
      href={path}
      state={step}
      className={styles.link}
      aria-current={isCurrent(location, path)}
      data-unread={isUnread(unread) && !dm.muted}
    >
      <span className={styles.presence} data-online={isOnline} />
      <span className={styles.name}>{dmName(dm, me.id, byId)}</span>
      {isOnline ? <VisuallyHidden>online</VisuallyHidden> : null}
      {/* All of a DM is meant for one. */}
      <UnreadMark unread={unread} badge={dm.muted ? 0 : unread.messages} />
    </Link>
  )
}

function isCurrent(location: string, path: string): 'page' | undefined {
  return location === path || location.startsWith(`${path}/`) ? 'page' : undefined
}
