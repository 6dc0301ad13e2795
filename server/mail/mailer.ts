/**
 * Sends e-mail over SMTP; the only place that imports nodemailer. What a mail says is decided by
 * those who call it, and so is what to do when it does not go out.
 */
import { createTransport } from 'nodemailer'
import type { Config } from '../config/config.ts'

export interface Mail {
  /** One address; never a list. */
  to: string
  subject: string
  text: string
  html?: string
  /** The same for each attempt at the same mail, so that a mailbox can tell that it has it. */
  id?: string
  /** Where a POST ends such mails, without signing in. */
  unsubscribeUrl?: string
}

export interface Mailer {
  /** False when no SMTP server was configured: then whatever needs mail is off. */
  isConfigured: boolean
  /**
   * Resolves once the SMTP server has taken it. Throws MailRefused when this mail will never be
   * taken, and any other error when it is worth trying again.
   */
  send: (mail: Mail) => Promise<void>
  close: () => void
}

/** The SMTP server has turned this mail down for good: there is no such mailbox, for one. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused'
}

const MAX_CONNECTIONS = 2
const CONNECT_TIMEOUT_MS = 10_000
const SILENCE_TIMEOUT_MS = 30_000
const loopbackHosts = ['localhost', '127.0.0.1', '[::1]']

export function createMailer({ mail }: Pick<Config, 'mail'>): Mailer {
  if (mail.smtpUrl === undefined) {
    return {
      isConfigured: false,
      send: () => Promise.reject(new Error('No SMTP server is configured')),
      close: () => undefined,
    }
  }
  const { protocol, hostname, port, username, password } = new URL(mail.smtpUrl.reveal())
  const hasLogin = username !== ''
  const transport = createTransport({
    pool: true,
    maxConnections: MAX_CONNECTIONS,
    host: hostname.replaceAll(/[[\]]/g, ''),
    ...(port !== '' && { port: Number(port) }),
    secure: protocol === 'smtps:',
    // A password never travels in the clear, but within this machine.
    requireTLS: hasLogin && !loopbackHosts.includes(hostname),
    ...(hasLogin && {
      auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
    }),
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
    // Mails hold what people wrote: nothing in them may name a file or an address to be read.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const domain = mail.from.split('@').at(-1)?.replace('>', '') ?? 'localhost'
  return {
    isConfigured: true,
    async send({ to, subject, text, html, id, unsubscribeUrl }) {
      try {
        await transport.sendMail({
          from: mail.from,
          // As an object it is one address, whatever stands in it.
          to: { name: '', address: to },
          subject,
          text,
          ...(html !== undefined && { html }),
          ...(id !== undefined && { messageId: `<${id}@${domain}>` }),
          headers: {
            'Auto-Submitted': 'auto-generated',
            // Mail programs show a button of their own for it (RFC 2369 and 8058).
            ...(unsubscribeUrl !== undefined && {
              'List-Unsubscribe': `<${unsubscribeUrl}>`,
              'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
            }),
          },
        })
      } catch (error) {
        throw isFinal(error) ? new MailRefused('The mail was refused', { cause: error }) : error
      }
    },
    close: () => transport.close(),
  }
}

/** Of the sender's or reader's address, or of the mail itself; a failed login is nobody's fault here. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  const isAboutMail = error.code === 'EENVELOPE' || error.code === 'EMESSAGE'
  const status = 'responseCode' in error ? Number(error.responseCode) : undefined
  // Without an answer of the SMTP server the address itself cannot be written to.
  return isAboutMail && (status === undefined || status >= 500)
}
