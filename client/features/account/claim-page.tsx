/** Where a claim link leads: an imported person sets a password and is that person from then on. */
import { useState, type FormEvent, type ReactNode } from 'react'
import { MIN_PASSWORD_LENGTH } from '../../../shared/api/auth.ts'
import type { Me } from '../../../shared/api/users.ts'
import { AppError } from '../../../shared/errors.ts'
import { sentenceForError } from '../../store/error-sentences.ts'
import { claimAccount, signIn } from '../../store/session.ts'
import { Button, TextField } from '../../ui/controls.tsx'
import { AccountCard } from './account-card.tsx'
import styles from './account.module.css'
import { FormError } from './form-error.tsx'
import { useSubmit } from './use-submit.ts'

export interface ClaimPageProps {
  onEnter: (me: Me) => Promise<void>
}

export function ClaimPage({ onEnter }: ClaimPageProps): ReactNode {
  const { isBusy, error, run } = useSubmit(claimSentence)
  const [password, setPassword] = useState('')
  const [email, setEmail] = useState('')
  const token = globalThis.location.hash.slice(1)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void run(async () => {
      const given = email.trim()
      const claimed = await claimAccount({
        token,
        password,
        ...(given === '' ? {} : { email: given }),
      })
      await onEnter(await signIn({ email: claimed, password }))
      globalThis.location.replace('/')
    })
  }
  return (
    <AccountCard title="Claim your account">
      <p className={styles.soft}>
        Your messages are here already. Choose a password, and they are yours again.
      </p>
      <form className={styles.form} onSubmit={submit}>
        <TextField
          label="Password"
          type="password"
          autoComplete="new-password"
          hint={`At least ${MIN_PASSWORD_LENGTH} characters.`}
          required
          minLength={MIN_PASSWORD_LENGTH}
          value={password}
          onChange={({ target }) => setPassword(target.value)}
        />
        <TextField
          label="E-mail"
          type="email"
          autoComplete="username"
          hint="Only needed when the import knew no address of yours."
          value={email}
          onChange={({ target }) => setEmail(target.value)}
        />
        <FormError>{error}</FormError>
        <Button look="primary" type="submit" disabled={isBusy}>
          {isBusy ? 'Claiming…' : 'Claim account'}
        </Button>
      </form>
    </AccountCard>
  )
}

function claimSentence(error: unknown): string {
  if (!(error instanceof AppError)) return sentenceForError(error)
  if (error.code === 'not_found') {
    return 'This link is used up or too old. Ask an admin of the workspace for a new one.'
  }
  if (error.code === 'invalid_request')
    return 'Give the e-mail address that you want to sign in with.'
  return sentenceForError(error)
}
