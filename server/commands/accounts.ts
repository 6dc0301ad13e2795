/** The ways in which a person can sign in: lists them, and takes one away, but never the last. */
import type { z } from 'zod'
import type { listAccountsResponseSchema, SignInWays } from '../../shared/api/sign-in-ways.ts'
import { AppError } from '../../shared/errors.ts'
import type { UserId } from '../../shared/ids.ts'
import { audit } from './audit.ts'
import type { CommandContext, Commander } from './command-context.ts'

type Account = z.infer<typeof listAccountsResponseSchema>['accounts'][number]

export function listAccounts({ database }: CommandContext, userId: UserId): Account[] {
  return database.sqlite
    .prepare<[string], Account>(
      `SELECT id, provider_id AS provider, created_at AS createdAt
       FROM accounts WHERE user_id = ? ORDER BY created_at, id`,
    )
    .all(userId)
}

/** Throws `not_found` for what is not one's own, and `conflict` when nothing would be left to use. */
export function unlinkAccount(
  context: CommandContext,
  commander: Commander,
  { accountId, ways }: { accountId: string; ways: SignInWays },
): void {
  const { sqlite } = context.database
  const { userId } = commander
  // One transaction: two that are taken away at once would leave none.
  sqlite.transaction(() => {
    const accounts = listAccounts(context, userId)
    const account = accounts.find(({ id }) => id === accountId)
    if (account === undefined) throw new AppError('not_found')
    if (!accounts.some((other) => other !== account && isUsable(other, ways))) {
      throw new AppError('conflict', { message: 'This is the only way in which you can sign in' })
    }
    sqlite.prepare('DELETE FROM accounts WHERE id = ?').run(accountId)
    const deed = { action: 'person.way_unlinked', entityType: 'person', entityId: userId } as const
    audit(context, commander, { ...deed, details: { provider: account.provider } })
  })()
}

/** The server may have had providers, or a mail server, that it has no more. */
function isUsable({ provider }: Account, ways: SignInWays): boolean {
  if (provider === 'magic-link') return ways.magicLink
  if (provider === 'google' || provider === 'github') return ways[provider]
  return provider === 'oidc' ? ways.oidc !== null : provider === 'credential'
}
