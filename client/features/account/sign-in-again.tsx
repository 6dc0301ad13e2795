/** The session has ended: reading goes on, and signing in again sends what waits. */
import { useEffect, useState, type FormEvent, type ReactNode } from 'react'
import { announceRenewal, onSessionRenewed, signIn } from '../../store/session.ts'
import { useEngineStatus } from '../../store/use-engine.ts'
import { useMe } from '../../store/directory-queries.ts'
import { useWorkspace } from '../../store/workspace-context.ts'
import { Button, Notice, TextField } from '../../ui/controls.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { signInSentence } from './account-page.tsx'
import styles from './account.module.css'
import { FormError } from './form-error.tsx'
import { useSubmit } from './use-submit.ts'

export function SignInAgain(): ReactNode {
  const { engine } = useWorkspace()
  const { needsSignIn, pendingCount } = useEngineStatus()
  const [isOpen, setOpen] = useState(false)
  useEffect(() => onSessionRenewed(() => engine.reconnect()), [engine])
  if (!needsSignIn) return null
  return (
    <>
      <Notice kind="warning">
        <p>
          {pendingCount === 0
            ? 'You were signed out. What is on this device can still be read.'
            : 'You were signed out. What you wrote is kept here until you sign in.'}
        </p>
        <Button isSmall onClick={() => setOpen(true)}>
          Sign in again to send
        </Button>
      </Notice>
      <Dialog title="Sign in again" isOpen={isOpen} onClose={() => setOpen(false)}>
        <PasswordForm onDone={() => setOpen(false)} />
      </Dialog>
    </>
  )
}

function PasswordForm({ onDone }: { onDone: () => void }): ReactNode {
  const { engine } = useWorkspace()
  const { email, name } = useMe()
  const { isBusy, error, run } = useSubmit(signInSentence)
  const [password, setPassword] = useState('')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void run(async () => {
      await signIn({ email, password })
      engine.reconnect()
      announceRenewal()
      onDone()
    })
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <p className={styles.soft}>
        {name}, {email}
      </p>
      <TextField
        label="Password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={({ target }) => setPassword(target.value)}
      />
      <FormError>{error}</FormError>
      <Button look="primary" type="submit" disabled={isBusy}>
        {isBusy ? 'Signing in…' : 'Sign in'}
      </Button>
    </form>
  )
}
