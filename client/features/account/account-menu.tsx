/** Who is signed in, and the way out; which warns when it would lose what was not sent. */
import { LogOut } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useMe } from '../../store/directory-queries.ts'
import { eraseDrafts } from '../../store/draft.ts'
import { endSession, storeSession } from '../../store/session.ts'
import { useKeptStorage } from '../../store/use-kept-storage.ts'
import { useEngineStatus } from '../../store/use-engine.ts'
import { useWorkspace } from '../../store/workspace-context.ts'
import { Avatar, Button, IconButton } from '../../ui/controls.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Menu } from '../../ui/menu.tsx'
import { FormError } from './form-error.tsx'
import { StorageFacts } from './storage-facts.tsx'
import { useSubmit } from './use-submit.ts'

export function AccountMenu({ onSignedOut }: { onSignedOut: () => void }): ReactNode {
  const me = useMe()
  const [isLeaving, setLeaving] = useState(false)
  const { kept, measure } = useKeptStorage()
  const { isShortOfSpace, missingCopies } = useEngineStatus()
  const name = me.displayName ?? me.name
  return (
    <>
      <Menu
        trigger={
          <IconButton label={`Account of ${name}`}>
            <Avatar name={name} seed={me.id} size={28} />
          </IconButton>
        }
        onOpenChange={(isOpen) => (isOpen ? measure() : undefined)}
        about={
          <>
            {name}
            <br />
            {me.email}
            {kept === undefined ? null : (
              <StorageFacts {...kept} isIncomplete={isShortOfSpace && missingCopies > 0} />
            )}
          </>
        }
        items={[
          { label: 'Sign out', icon: <LogOut size={16} />, onSelect: () => setLeaving(true) },
        ]}
      />
      <Dialog title="Sign out?" isOpen={isLeaving} onClose={() => setLeaving(false)}>
        <SignOut onCancel={() => setLeaving(false)} onSignedOut={onSignedOut} />
      </Dialog>
    </>
  )
}

interface SignOutProps {
  onCancel: () => void
  onSignedOut: () => void
}

function SignOut({ onCancel, onSignedOut }: SignOutProps): ReactNode {
  const { me, engine } = useWorkspace()
  const { pendingCount, refusedCount, needsSignIn } = useEngineStatus()
  const { isBusy, error, run } = useSubmit()
  const unsent = pendingCount + refusedCount
  const leave = (): void =>
    void run(async () => {
      // Whose session has ended already has none to end.
      if (!needsSignIn) await endSession()
      await engine.erase()
      eraseDrafts(me.id)
      await storeSession(undefined)
      onSignedOut()
    })
  return (
    <>
      <p>
        {unsent === 0
          ? 'Your conversations stay on the server; the copies on this device are deleted.'
          : `${unsent === 1 ? '1 change was' : `${unsent} changes were`} not sent yet. Signing out deletes what is on this device, these included.`}
      </p>
      <FormError>{error}</FormError>
      <DialogActions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button look={unsent === 0 ? 'primary' : 'danger'} disabled={isBusy} onClick={leave}>
          {unsent === 0 ? 'Sign out' : 'Sign out and delete them'}
        </Button>
      </DialogActions>
    </>
  )
}
