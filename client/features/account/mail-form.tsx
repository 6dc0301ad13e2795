/** Asks for a mailed link; says the same whether or not anybody has the address. */
import { useState, type FormEvent, type ReactNode } from 'react'
import { askForMail, type MailedLink } from '../../store/sign-in-ways.ts'
import { Button, TextField } from '../../ui/controls.tsx'
import { AccountCard } from './account-card.tsx'
import { FormError } from './form-error.tsx'
import styles from './account.module.css'
import { useSubmit } from './use-submit.ts'

export interface MailFormProps {
  link: MailedLink
  onBack: () => void
}

const words: Record<MailedLink, { title: string; explanation: string }> = {
  'magic-link': {
    title: 'Sign in by e-mail',
    explanation: 'A link is mailed to you that signs you in. It works for five minutes.',
  },
  'password-reset': {
    title: 'Choose a new password',
    explanation: 'A link is mailed to you by which you choose one. It works for an hour.',
  },
}

export function MailForm({ link, onBack }: MailFormProps): ReactNode {
  const { isBusy, error, run } = useSubmit()
  const [email, setEmail] = useState('')
  const [sentTo, setSentTo] = useState<string>()
  const { title, explanation } = words[link]
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const address = email.trim()
    void run(async () => {
      await askForMail(link, address)
      setSentTo(address)
    })
  }
  return (
    <AccountCard title={title}>
      <p className={styles.soft}>{explanation}</p>
      <form className={styles.form} onSubmit={submit}>
        <TextField
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={({ target }) => setEmail(target.value)}
        />
        <p role="status">
          {sentTo === undefined
            ? ''
            : `If ${sentTo} belongs to somebody here, the mail is on its way.`}
        </p>
        <FormError>{error}</FormError>
        <Button look="primary" type="submit" disabled={isBusy}>
          {isBusy ? 'Asking…' : 'Mail me a link'}
        </Button>
      </form>
      <button type="button" className={styles.switch} onClick={onBack}>
        Back to signing in
      </button>
    </AccountCard>
  )
}
