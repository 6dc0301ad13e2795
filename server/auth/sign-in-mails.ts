/**
 * The mails that signing in needs: verify an address, choose a new password, sign in by a link. Each
 * leads to a page of ours with its secret behind the #, which reaches no log and no scanner of links.
 * They are sent in the background: how long an answer takes must not tell whether an address is
 * known. Nothing that people wrote is in them: anybody can sign up under anybody's address.
 */
import { setTimeout as after } from 'node:timers/promises'
import type { Logger } from '../observability/logger.ts'
import { MailRefused, type Mail, type Mailer } from '../mail/mailer.ts'

export type SignInMail = 'verification' | 'passwordReset' | 'magicLink' | 'signUpAttempt'

export interface SignInMails {
  /** Returns at once; what cannot be sent is in the log. */
  send: (kind: SignInMail, to: string, token?: string) => void
  /** Ends, after a while, what is being sent, and gives up what is to be sent once more. */
  close: () => Promise<void>
}

export interface SignInMailDeps {
  mailer: Pick<Mailer, 'send'>
  logger: Pick<Logger, 'error'>
  publicUrl: string
}

const CLOSE_LIMIT_MS = 2_000
const RETRY_DELAYS_MS = [2_000, 15_000]

const letters: Record<SignInMail, { page: string; subject: string; ask: string; note: string }> = {
  verification: {
    page: '/verify-email',
    subject: 'Confirm your e-mail address',
    ask: 'Confirm that this is your e-mail address:',
    note: 'The link works for an hour, where you are signed in. If you did not sign up, ignore this mail.',
  },
  passwordReset: {
    page: '/reset-password',
    subject: 'Choose a new password',
    ask: 'Choose a new password here:',
    note: 'The link works once, for an hour. If you did not ask for it, ignore this mail: nothing has changed.',
  },
  magicLink: {
    page: '/magic-link',
    subject: 'Your link to sign in',
    ask: 'Sign in here:',
    note: 'The link works once, for five minutes. If you did not ask for it, ignore this mail.',
  },
  signUpAttempt: {
    page: '/',
    subject: 'You have an account already',
    ask: 'Somebody tried to sign up with your e-mail address, under which you have an account. If it was you, sign in here:',
    note: 'If you have forgotten your password, you can choose a new one there. If it was not you, ignore this mail: nothing has changed.',
  },
}

export function createSignInMails({ mailer, logger, publicUrl }: SignInMailDeps): SignInMails {
  const ending = new AbortController()
  const underway = new Set<Promise<void>>()

  async function deliver(mail: Mail): Promise<void> {
    for (const delay of [...RETRY_DELAYS_MS, undefined]) {
      try {
        return await mailer.send(mail)
      } catch (error) {
        if (delay === undefined || error instanceof MailRefused) throw error
        await after(delay, undefined, { ref: false, signal: ending.signal })
      }
    }
  }

  return {
    send(kind, to, token) {
      const mail = composeMail(kind, { to, token, publicUrl })
      const work = deliver(mail)
        .catch((error: unknown) => {
          if (!ending.signal.aborted) logger.error({ error, kind }, 'a mail could not be sent')
        })
        .finally(() => underway.delete(work))
      underway.add(work)
    },
    async close() {
      ending.abort()
      await Promise.race([Promise.all(underway), after(CLOSE_LIMIT_MS, undefined, { ref: false })])
    },
  }
}

function composeMail(
  kind: SignInMail,
  { to, token, publicUrl }: { to: string; token: string | undefined; publicUrl: string },
): Mail {
  const { page, subject, ask, note } = letters[kind]
  const { href, host } = new URL(token === undefined ? page : `${page}#${token}`, publicUrl)
  const link = escapeHtml(href)
  return {
    to,
    subject: `${subject} (${host})`,
    text: `${ask}\n\n${href}\n\n${note}\n`,
    html: `<p>${ask}</p><p><a href="${link}">${link}</a></p><p>${note}</p>`,
  }
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character)
}
