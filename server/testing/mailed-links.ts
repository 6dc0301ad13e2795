/** The secrets behind the # of links that were mailed; for tests. */
import { expect } from 'vitest'
import type { MailServer } from './mail-server.ts'

/** The secret of the newest mail to this address that leads to this page, once it is there. */
export async function mailedToken(
  { received }: Pick<MailServer, 'received'>,
  page: string,
  to: string,
): Promise<string> {
  const find = (): string | undefined =>
    received
      .filter((mail) => mail.to.includes(to))
      .flatMap(({ source }) => linksOf(source, page))
      .at(-1)
  await expect.poll(find).toBeDefined()
  return find() ?? ''
}

/** To whom mails went that lead to this page. */
export function mailedTo({ received }: Pick<MailServer, 'received'>, page: string): string[] {
  const mails = received.filter(({ source }) => linksOf(source, page).length > 0)
  return mails.flatMap(({ to }) => to).toSorted()
}

function linksOf(source: string, page: string): string[] {
  const text = source
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, code: string) =>
      String.fromCodePoint(Number.parseInt(code, 16)),
    )
  return [...text.matchAll(/https?:\/\/[^\s#"<]+#[\w.-]+/g)]
    .map(([link]) => new URL(link))
    .filter(({ pathname }) => pathname === page)
    .map(({ hash }) => hash.slice(1))
}
