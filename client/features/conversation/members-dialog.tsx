/** Who is in a channel, and adding others to it. */
import { useState, type ReactNode } from 'react'
import type { Channel } from '../../../shared/api/channels.ts'
import type { UserId } from '../../../shared/ids.ts'
import { useAddMember } from '../../store/directory-commands.ts'
import { useMembers, usePeople } from '../../store/directory-queries.ts'
import { sentenceForError } from '../../store/error-sentences.ts'
import { nameOf } from '../../store/person-name.ts'
import { usePresence } from '../../store/use-engine.ts'
import { Avatar, Button, TextField } from '../../ui/controls.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import styles from './people.module.css'
import type { ConversationDialogProps } from './pins-dialog.tsx'

export interface ChannelDialogProps extends ConversationDialogProps {
  channel: Channel
}

/** More than a screenful is found by typing. */
const MAX_SHOWN = 50

export function MembersDialog({ channel, isOpen, onClose }: ChannelDialogProps): ReactNode {
  return (
    <Dialog title={`Members of ${channel.name}`} isOpen={isOpen} onClose={onClose}>
      <MemberList channel={channel} />
    </Dialog>
  )
}

function MemberList({ channel }: { channel: Channel }): ReactNode {
  const { items, isLoading, error } = useMembers(channel.id)
  const { byId } = usePeople()
  const present = usePresence()
  if (error !== null && items.length === 0) return <p role="alert">{sentenceForError(error)}</p>
  if (isLoading) return <p className={styles.soft}>Getting the members; this needs the network.</p>
  return (
    <ul className={styles.people}>
      {items.map(({ userId, role }) => (
        <li key={userId} className={styles.person}>
          <Avatar name={nameOf(userId, byId)} seed={userId} size={28} />
          <span className={styles.name}>{nameOf(userId, byId)}</span>
          <span className={styles.soft}>
            {[present.has(userId) ? 'online' : '', role === 'MEMBER' ? '' : role.toLowerCase()]
              .filter((word) => word !== '')
              .join(', ')}
          </span>
        </li>
      ))}
    </ul>
  )
}

export function AddPeopleDialog({ channel, isOpen, onClose }: ChannelDialogProps): ReactNode {
  return (
    <Dialog title={`Add people to ${channel.name}`} isOpen={isOpen} onClose={onClose}>
      <PeopleToAdd channel={channel} />
    </Dialog>
  )
}

function PeopleToAdd({ channel }: { channel: Channel }): ReactNode {
  const { items, isLoading } = useMembers(channel.id)
  const { all, byId } = usePeople()
  const { mutate, isPending, error } = useAddMember(channel.id)
  const [search, setSearch] = useState('')
  const members = new Set<UserId>(items.map(({ userId }) => userId))
  const wanted = search.trim().toLowerCase()
  const found = all
    .filter(({ id }) => !members.has(id) && nameOf(id, byId).toLowerCase().includes(wanted))
    .slice(0, MAX_SHOWN)
  if (isLoading) return <p className={styles.soft}>Getting the members; this needs the network.</p>
  return (
    <>
      <TextField
        label="Find people"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      {error === null ? null : <p role="alert">{sentenceForError(error)}</p>}
      {found.length === 0 ? (
        <p className={styles.soft}>
          {wanted === '' ? 'Everybody is in this channel already.' : 'Nobody else is called so.'}
        </p>
      ) : null}
      <ul className={styles.people}>
        {found.map(({ id }) => (
          <li key={id} className={styles.person}>
            <Avatar name={nameOf(id, byId)} seed={id} size={28} />
            <span className={styles.name}>{nameOf(id, byId)}</span>
            <Button
              isSmall
              disabled={isPending}
              aria-label={`Add ${nameOf(id, byId)}`}
              onClick={() => mutate(id)}
            >
              Add
            </Button>
          </li>
        ))}
      </ul>
    </>
  )
}
