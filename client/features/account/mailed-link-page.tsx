/** Where mailed links lead. Nothing happens before a button is pressed: mail programs open links, too. */
import { useState, type FormEvent, type ReactNode } from 'react'
import { MIN_PASSWORD_LENGTH } from '../../../shared/api/auth.ts'
import type { Me } from '../../../shared/api/users.ts'
import { AppError } from '../../../shared/errors.ts'
import { sentenceForError } from '../../store/error-sentences.ts'
import { resetPassword, signInByLink, verifyEmail } from '../../store/sign-in-ways.ts'
import { Button, TextField } from '../../ui/controls.tsx'
import { AccountCard } from './account-card.tsx'
import { FormError } from './form-error.tsx'
import styles from './account.module.css'
import { useSubmit } from './use-submit.ts'

export interface MailedLinkPageProps {
  /** Where the link leads. */
  path: MailedPath
  onEnter: (me: Me) => Promise<void>
}

const mailedPaths = ['/magic-link', '/reset-password', '/verify-email'] as const
export type MailedPath = (typeof mailedPaths)[number]

/** The page of a mailed link, when this is the address of one. */
export function mailedPathOf(path: string): MailedPath | undefined {
  return mailedPaths.find((each) => each === path)
}

export function MailedLinkPage({ path, onEnter }: MailedLinkPageProps): ReactNode {
  const token = globalThis.location.hash.slice(1)
  if (path === '/reset-password') return <ResetPassword token={token} />
  if (path === '/verify-email') {
    return (
      <OneStep
        title="Confirm your e-mail address"
        label="Confirm"
        done="Your address is confirmed."
        act={() => verifyEmail(token)}
      />
    )
  }
  const enter = async (): Promise<void> => {
    await onEnter(await signInByLink(token))
    globalThis.location.replace('/')
  }
  return <OneStep title="Sign in" label="Sign in" done="You are signed in." act={enter} />
}

interface OneStepProps {
  title: string
  label: string
  done: string
  act: () => Promise<void>
}

function OneStep({ title, label, done, act }: OneStepProps): ReactNode {
  const { isBusy, error, run } = useSubmit(linkSentence)
  const [isDone, setDone] = useState(false)
  return (
    <AccountCard title={title}>
      <p role="status">{isDone ? done : ''}</p>
      <FormError>{error}</FormError>
      {isDone ? (
        <a href="/">Go to your conversations</a>
      ) : (
        <Button
          look="primary"
          disabled={isBusy}
          onClick={() => void run(async () => act().then(() => setDone(true)))}
        >
          {label}
        </Button>
      )}
    </AccountCard>
  )
}

function ResetPassword({ token }: { token: string }): ReactNode {
  const { isBusy, error, run } = useSubmit(linkSentence)
  const [newPassword, setPassword] = useState('')
  const [isDone, setDone] = useState(false)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void run(async () => {
      await resetPassword({ token, newPassword })
      setDone(true)
    })
  }
  if (isDone) {
    return (
      <AccountCard title="Your password is new">
        <p role="status">You are signed out everywhere. Sign in with your new password.</p>
        <a href="/">Sign in</a>
      </AccountCard>
    )
  }
  return (
    <AccountCard title="Choose a new password">
      <form className={styles.form} onSubmit={submit}>
        <TextField
          label="New password"
          type="password"
          autoComplete="new-password"
          hint={`At least ${MIN_PASSWORD_LENGTH} characters.`}
          required
          minLength={MIN_PASSWORD_LENGTH}
          value={newPassword}
          onChange={({ target }) => setPassword(target.value)}
        />
        <FormError>{error}</FormError>
        <Button look="primary" type="submit" disabled={isBusy}>
          {isBusy ? 'Saving…' : 'Save password'}
        </Button>
      </form>
    </AccountCard>
  )
}

function linkSentence(error: unknown): string {
  if (!(error instanceof AppError)) return sentenceForError(error)
  if (error.code === 'invalid_request') return 'This link is used up or too old. Ask for a new one.'
  if (error.code === 'unauthenticated' || error.code === 'forbidden') {
    return 'Open the link where you signed up, or sign in here as the person whose address it is and open it again.'
  }
  return sentenceForError(error)
}
