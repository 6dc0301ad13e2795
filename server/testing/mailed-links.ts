/** The links that were mailed, with the secrets behind their #; for tests, which end the waiting. */
import { setTimeout as after } from 'node:timers/promises'
import type { MailServer } from './mail-server.ts'

const LOOK_MS = 20

/** The link of the newest mail to this address that leads to this page, once it is there. */
export async function mailedLink(
  mails: Pick<MailServer, 'received'>,
  page: string,
  to: string,
): Promise<URL> {
  for (;;) {
    const mail = mails.received.findLast(
      ({ to: addressees, source }) => addressees.includes(to) && linksOf(source, page).length > 0,
    )
    const link = mail && linksOf(mail.source, page).at(-1)
    if (link !== undefined) return link
    await after(LOOK_MS)
  }
}

/** What is behind the # of it. */
export async function mailedToken(...mail: Parameters<typeof mailedLink>): Promise<string> {
  return (await mailedLink(...mail)).hash.slice(1)
}

/** To whom mails went that lead to this page. */
export function mailedTo({ received }: Pick<MailServer, 'received'>, page: string): string[] {
  const mails = received.filter(({ source }) => linksOf(source, page).length > 0)
  return mails.flatMap(({ to }) => to).toSorted()
}

function linksOf(source: string, page: string): URL[] {
  const text = source
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, code: string) =>
      String.fromCodePoint(Number.parseInt(code, 16)),
    )
  return [...text.matchAll(/https?:\/\/[^\s#"<]+#[\w.-]+/g)]
    .map(([link]) => new URL(link))
    .filter(({ pathname }) => pathname === page)
}
