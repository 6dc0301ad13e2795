/** Makes a channel; offline too. */
import { useState, type FormEvent, type ReactNode } from 'react'
import type { ChannelType } from '../../../shared/api/channels.ts'
import { formatPath } from '../../store/conversation-path.ts'
import { useCreateChannel } from '../../store/directory-commands.ts'
import { useChannels } from '../../store/directory-queries.ts'
import { slugOf } from '../../store/pending-commands.ts'
import { Button, TextField } from '../../ui/controls.tsx'
import { useWayBack } from '../../store/way-back.ts'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import styles from './sidebar.module.css'

export interface SidebarDialogProps {
  isOpen: boolean
  onClose: () => void
}

export function CreateChannelDialog({ isOpen, onClose }: SidebarDialogProps): ReactNode {
  return (
    <Dialog title="Create a channel" isOpen={isOpen} onClose={onClose}>
      <ChannelForm onClose={onClose} />
    </Dialog>
  )
}

function ChannelForm({ onClose }: { onClose: () => void }): ReactNode {
  const { open } = useWayBack()
  const { items } = useChannels()
  const createChannel = useCreateChannel()
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const [type, setType] = useState<ChannelType>('PUBLIC')
  const [error, setError] = useState<string>()

  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const slug = slugOf(name)
    if (slug === '') setError('Use at least one letter or digit.')
    else if (items.some((channel) => channel.slug === slug)) {
      setError('There is a channel with this name. Choose another one.')
    } else {
      const id = createChannel({ name: name.trim(), slug, description: description.trim(), type })
      open(formatPath({ kind: 'channel', id }))
      onClose()
    }
  }

  return (
    <form className={styles.form} onSubmit={submit}>
      <TextField
        label="Name"
        required
        maxLength={80}
        error={error}
        value={name}
        onChange={({ target }) => {
          setName(target.value)
          setError(undefined)
        }}
      />
      <TextField
        label="What is it about?"
        hint="Optional."
        maxLength={500}
        value={description}
        onChange={({ target }) => setDescription(target.value)}
      />
      <fieldset className={styles.choices}>
        <legend>Who can find it</legend>
        <label className={styles.choice}>
          <input
            type="radio"
            name="type"
            checked={type === 'PUBLIC'}
            onChange={() => setType('PUBLIC')}
          />
          Everybody in the workspace
        </label>
        <label className={styles.choice}>
          <input
            type="radio"
            name="type"
            checked={type === 'PRIVATE'}
            onChange={() => setType('PRIVATE')}
          />
          Only people who are added
        </label>
      </fieldset>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" type="submit">
          Create channel
        </Button>
      </DialogActions>
    </form>
  )
}
