/** Signing in, and signing up: one page with two faces. The first visitor meets the second one. */
import { useEffect, useState, type FormEvent, type ReactNode } from 'react'
import { MIN_PASSWORD_LENGTH } from '../../../shared/api/auth.ts'
import type { Me } from '../../../shared/api/users.ts'
import { AppError } from '../../../shared/errors.ts'
import { sentenceForError } from '../../store/error-sentences.ts'
import { isOwnerWanted, signIn, signUp } from '../../store/session.ts'
import { Button, Spinner, TextField } from '../../ui/controls.tsx'
import { AccountCard } from './account-card.tsx'
import styles from './account.module.css'
import { useSubmit } from './use-submit.ts'

export interface AccountPageProps {
  onEnter: (me: Me) => Promise<void>
}

export function AccountPage({ onEnter }: AccountPageProps): ReactNode {
  const [isOwner, setOwner] = useState<boolean>()
  const [isNew, setNew] = useState(false)
  useEffect(() => {
    void isOwnerWanted().then((isWanted) => {
      setOwner(isWanted)
      setNew(isWanted)
    })
  }, [])
  if (isOwner === undefined) return <Spinner label="Opening ConnectNow" />
  return isNew ? (
    <SignUp isOwner={isOwner} onEnter={onEnter} onSwitch={() => setNew(false)} />
  ) : (
    <SignIn onEnter={onEnter} onSwitch={() => setNew(true)} />
  )
}

interface FormProps extends AccountPageProps {
  onSwitch: () => void
}

function SignIn({ onEnter, onSwitch }: FormProps): ReactNode {
  const { isBusy, error, run } = useSubmit(signInSentence)
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void run(async () => onEnter(await signIn({ email: email.trim(), password })))
  }
  return (
    <AccountCard title="Sign in">
      <form className={styles.form} onSubmit={submit}>
        <TextField
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={({ target }) => setEmail(target.value)}
        />
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
      <p className={styles.soft}>
        New here?{' '}
        <button type="button" className={styles.switch} onClick={onSwitch}>
          Create an account
        </button>
      </p>
    </AccountCard>
  )
}

interface SignUpProps extends FormProps {
  /** The account will own the workspace: nobody has one yet. */
  isOwner: boolean
}

function SignUp({ isOwner, onEnter, onSwitch }: SignUpProps): ReactNode {
  const { isBusy, error, run } = useSubmit(signUpSentence)
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const account = { name: name.trim(), email: email.trim(), password }
    void run(async () => onEnter(await signUp(account)))
  }
  return (
    <AccountCard title={isOwner ? 'Create the owner’s account' : 'Create an account'}>
      {isOwner ? (
        <p className={styles.soft}>Nobody is here yet. The first account owns the workspace.</p>
      ) : null}
      <form className={styles.form} onSubmit={submit}>
        <TextField
          label="Name"
          autoComplete="name"
          required
          maxLength={80}
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
        <TextField
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={({ target }) => setEmail(target.value)}
        />
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
        <FormError>{error}</FormError>
        <Button look="primary" type="submit" disabled={isBusy}>
          {isBusy ? 'Creating…' : 'Create account'}
        </Button>
      </form>
      <p className={styles.soft}>
        You have one?{' '}
        <button type="button" className={styles.switch} onClick={onSwitch}>
          Sign in
        </button>
      </p>
    </AccountCard>
  )
}

/** An error of a form, announced when it appears. */
export function FormError({ children }: { children: string | undefined }): ReactNode {
  return (
    <p role="alert" className={styles.error}>
      {children}
    </p>
  )
}

export function signInSentence(error: unknown): string {
  return error instanceof AppError && error.code === 'unauthenticated'
    ? 'E-mail or password is wrong.'
    : sentenceForError(error)
}

function signUpSentence(error: unknown): string {
  return error instanceof AppError && error.code === 'already_exists'
    ? 'There is an account with this e-mail. Sign in instead.'
    : sentenceForError(error)
}
