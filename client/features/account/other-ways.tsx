/** Buttons for the ways to sign in that this server has beside a password. */
import type { ReactNode } from 'react'
import type { SignInWays } from '../../../shared/api/sign-in-ways.ts'
import { beginProviderSignIn, type MailedLink } from '../../store/sign-in-ways.ts'
import { Button } from '../../ui/controls.tsx'
import { FormError } from './form-error.tsx'
import styles from './account.module.css'
import { useSubmit } from './use-submit.ts'

export interface OtherWaysProps {
  ways: SignInWays
  onMail: (link: MailedLink) => void
}

export function OtherWays({ ways, onMail }: OtherWaysProps): ReactNode {
  const { isBusy, error, run } = useSubmit()
  const providers = [
    ...(ways.google ? [{ id: 'google', name: 'Google' } as const] : []),
    ...(ways.github ? [{ id: 'github', name: 'GitHub' } as const] : []),
    ...(ways.oidc === null ? [] : [{ id: 'oidc', name: ways.oidc.name } as const]),
  ]
  if (providers.length === 0 && !ways.magicLink) return null
  return (
    <div className={styles.form}>
      {providers.map(({ id, name }) => (
        <Button
          key={id}
          disabled={isBusy}
          onClick={() =>
            void run(async () => globalThis.location.assign(await beginProviderSignIn(id)))
          }
        >
          Continue with {name}
        </Button>
      ))}
      {ways.magicLink ? (
        <Button onClick={() => onMail('magic-link')}>Sign in by e-mail</Button>
      ) : null}
      <FormError>{error ?? providerSentence()}</FormError>
    </div>
  )
}

/** Why a provider has sent somebody back who is not signed in. */
function providerSentence(): string | undefined {
  const error = new URLSearchParams(globalThis.location.search).get('error')
  return error === null
    ? undefined
    : (sentences[error] ?? 'Signing in there did not work. Try again.')
}

const sentences: Record<string, string> = {
  access_denied: 'Signing in there was cancelled.',
  account_not_linked:
    'There is an account with this e-mail already. Sign in to it as you did before.',
  account_deactivated: 'Your account was deactivated. Ask an admin of the workspace.',
  email_not_found: 'The provider does not tell your e-mail address, without which nobody can join.',
}
