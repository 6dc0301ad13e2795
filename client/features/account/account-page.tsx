/** Signing in, signing up and asking for a mail: one page. The first visitor meets the second one. */
import { useEffect, useState, type FormEvent, type ReactNode } from 'react'
import { MIN_PASSWORD_LENGTH } from '../../../shared/api/auth.ts'
import type { Me } from '../../../shared/api/users.ts'
import { AppError } from '../../../shared/errors.ts'
import { sentenceForError } from '../../store/error-sentences.ts'
import { signIn, signUp } from '../../store/session.ts'
import { readEntrance, type Entrance, type MailedLink } from '../../store/sign-in-ways.ts'
import { Button, Spinner, TextField } from '../../ui/controls.tsx'
import { AccountCard } from './account-card.tsx'
import styles from './account.module.css'
import { FormError } from './form-error.tsx'
import { MailForm } from './mail-form.tsx'
import { OtherWays } from './other-ways.tsx'
import { useSubmit } from './use-submit.ts'

export interface AccountPageProps {
  onEnter: (me: Me) => Promise<void>
}

export function AccountPage({ onEnter }: AccountPageProps): ReactNode {
  const [entrance, setEntrance] = useState<Entrance>()
  const [isNew, setNew] = useState(false)
  const [mail, setMail] = useState<MailedLink>()
  useEffect(() => {
    void readEntrance().then((read) => {
      setEntrance(read)
      setNew(read.isOwnerWanted)
    })
  }, [])
  if (entrance === undefined) return <Spinner label="Opening ConnectNow" />
  if (mail !== undefined) return <MailForm link={mail} onBack={() => setMail(undefined)} />
  const form = { onEnter, entrance, onMail: setMail, onSwitch: () => setNew(!isNew) }
  return isNew ? <SignUp {...form} /> : <SignIn {...form} />
}

interface FormProps extends AccountPageProps {
  entrance: Entrance
  onMail: (link: MailedLink) => void
  onSwitch: () => void
}

function SignIn({ onEnter, entrance, onMail, onSwitch }: FormProps): ReactNode {
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
      <OtherWays ways={entrance.ways} onMail={onMail} />
      {entrance.ways.passwordReset ? (
        <button type="button" className={styles.switch} onClick={() => onMail('password-reset')}>
          Forgotten your password?
        </button>
      ) : null}
      <p className={styles.soft}>
        New here?{' '}
        <button type="button" className={styles.switch} onClick={onSwitch}>
          Create an account
        </button>
      </p>
    </AccountCard>
  )
}

function SignUp({ onEnter, entrance, onMail, onSwitch }: FormProps): ReactNode {
  // The account will own the workspace: nobody has one yet.
  const isOwner = entrance.isOwnerWanted
  const { isBusy, error, run } = useSubmit(signUpSentence)
  const [name, setName] = useState('')
  const [mailedTo, setMailedTo] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const account = { name: name.trim(), email: email.trim(), password }
    void run(async () => {
      const me = await signUp(account)
      if (me === undefined) setMailedTo(account.email)
      else await onEnter(me)
    })
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
        <p role="status">
          {mailedTo === ''
            ? ''
            : `A mail to ${mailedTo} is on its way. Open its link in this browser to come in.`}
        </p>
        <FormError>{error}</FormError>
        <Button look="primary" type="submit" disabled={isBusy}>
          {isBusy ? 'Creating…' : 'Create account'}
        </Button>
      </form>
      <OtherWays ways={{ ...entrance.ways, magicLink: false }} onMail={onMail} />
      <p className={styles.soft}>
        You have one?{' '}
        <button type="button" className={styles.switch} onClick={onSwitch}>
          Sign in
        </button>
      </p>
    </AccountCard>
  )
}

export function signInSentence(error: unknown): string {
  if (!(error instanceof AppError)) return sentenceForError(error)
  if (error.code === 'unauthenticated') return 'E-mail or password is wrong.'
  return error.code === 'forbidden'
    ? 'Your e-mail address is not confirmed yet, or your account was deactivated. The link that was mailed to you confirms it.'
    : sentenceForError(error)
}

function signUpSentence(error: unknown): string {
  return error instanceof AppError && error.code === 'already_exists'
    ? 'There is an account with this e-mail. Sign in instead.'
    : sentenceForError(error)
}
