/** Leaves a channel, after asking: a private one can only be entered again by being added. */
import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import { useLeaveChannel } from '../../store/directory-commands.ts'
import { sentenceForError } from '../../store/error-sentences.ts'
import { Button } from '../../ui/controls.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import type { ChannelDialogProps } from './members-dialog.tsx'

export function LeaveDialog({ channel, isOpen, onClose }: ChannelDialogProps): ReactNode {
  const [, navigate] = useLocation()
  const { mutateAsync, isPending, error } = useLeaveChannel()
  // Left, a private channel is known no more: the way on must not depend on being here.
  const leave = async (): Promise<void> => {
    await mutateAsync(channel.id)
    navigate('/', { replace: true })
  }
  return (
    <Dialog title={`Leave ${channel.name}?`} isOpen={isOpen} onClose={onClose}>
      <p>
        {channel.type === 'PRIVATE'
          ? 'Somebody in it must add you before you can read it again.'
          : 'You can join it again whenever you like.'}
      </p>
      {error === null ? null : <p role="alert">{sentenceForError(error)}</p>}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          look="danger"
          disabled={isPending}
          onClick={() => void leave().catch(() => undefined)}
        >
          Leave channel
        </Button>
      </DialogActions>
    </Dialog>
  )
}
