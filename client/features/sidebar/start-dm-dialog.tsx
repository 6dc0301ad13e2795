/** Starts a DM with one or several people; offline too. */
import { useState, type ReactNode } from 'react'
import { MAX_DM_PARTICIPANTS, type UserId } from '../../../shared/ids.ts'
import { formatPath } from '../../store/conversation-path.ts'
import { useStartDm } from '../../store/directory-commands.ts'
import { usePeople } from '../../store/directory-queries.ts'
import { nameOf } from '../../store/person-name.ts'
import { useWorkspace } from '../../store/workspace-context.ts'
import { Avatar, Button, TextField } from '../../ui/controls.tsx'
import { useWayBack } from '../../store/way-back.ts'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import type { SidebarDialogProps } from './create-channel-dialog.tsx'
import styles from './sidebar.module.css'

/** More than a screenful is found by typing. */
const MAX_SHOWN = 50

export function StartDmDialog({ isOpen, onClose }: SidebarDialogProps): ReactNode {
  return (
    <Dialog title="Start a direct message" isOpen={isOpen} onClose={onClose}>
      <PeopleForm onClose={onClose} />
    </Dialog>
  )
}

function PeopleForm({ onClose }: { onClose: () => void }): ReactNode {
  const { open } = useWayBack()
  const { me } = useWorkspace()
  const { all, byId } = usePeople()
  const startDm = useStartDm()
  const [search, setSearch] = useState('')
  const [chosen, setChosen] = useState<ReadonlySet<UserId>>(new Set())
  const wanted = search.trim().toLowerCase()
  const found = all
    .filter(({ id }) => id !== me.id)
    .filter(({ id }) => chosen.has(id) || nameOf(id, byId).toLowerCase().includes(wanted))
    .slice(0, MAX_SHOWN)
  const isFull = chosen.size >= MAX_DM_PARTICIPANTS - 1

  const toggle = (id: UserId): void => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    setChosen(next)
  }
  const start = (): void => {
    open(formatPath({ kind: 'dm', id: startDm([...chosen]) }))
    onClose()
  }

  return (
    <>
      <TextField
        label="Find people"
        hint={isFull ? `A direct message has at most ${MAX_DM_PARTICIPANTS} people.` : undefined}
        value={search}
        onChange={({ target }) => setSearch(target.value)}
      />
      {found.length === 0 ? (
        <p className={styles.soft}>
          {all.length <= 1 ? 'Nobody else is in this workspace yet.' : 'Nobody is called so.'}
        </p>
      ) : (
        <ul className={styles.people}>
          {found.map(({ id }) => (
            <li key={id}>
              <label className={styles.choice}>
                <input
                  type="checkbox"
                  checked={chosen.has(id)}
                  disabled={isFull && !chosen.has(id)}
                  onChange={() => toggle(id)}
                />
                <Avatar name={nameOf(id, byId)} seed={id} size={28} />
                <span className={styles.name}>{nameOf(id, byId)}</span>
              </label>
            </li>
          ))}
        </ul>
      )}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" disabled={chosen.size === 0} onClick={start}>
          Start
        </Button>
      </DialogActions>
    </>
  )
}
