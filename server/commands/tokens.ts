/** Makes, lists and revokes a person's access tokens. Revoking ends open connections (P7). */
import type { z } from 'zod'
import type {
  createTokenRequestSchema,
  createTokenResponseSchema,
  Token,
} from '../../shared/api/tokens.ts'
import { AppError } from '../../shared/errors.ts'
import type { UserId } from '../../shared/ids.ts'
import { createToken, hashToken } from '../auth/personal-access-token.ts'
import { audit } from './audit.ts'
import { newId, type CommandContext, type Commander } from './command-context.ts'

const MAX_TOKENS = 50

export function listTokens({ database }: CommandContext, userId: UserId): Token[] {
  return database.sqlite
    .prepare<[string], Token>(
      `SELECT id, name, created_at AS createdAt, last_used_at AS lastUsedAt, expires_at AS expiresAt
       FROM personal_access_tokens WHERE user_id = ? ORDER BY created_at, id`,
    )
    .all(userId)
}

/** Throws `conflict` when the person has too many tokens, `invalid_request` for an end long past. */
export function makeToken(
  context: CommandContext,
  commander: Commander,
  { name, expiresAt }: z.output<typeof createTokenRequestSchema>,
): z.infer<typeof createTokenResponseSchema> {
  const { sqlite } = context.database
  const { userId } = commander
  if (expiresAt !== undefined && expiresAt <= context.now()) throw new AppError('invalid_request')
  const token = createToken()
  const id = newId<string>(context)
  const createdAt = context.now()
  sqlite.transaction(() => {
    if (listTokens(context, userId).length >= MAX_TOKENS) {
      throw new AppError('conflict', { message: `Nobody may have more than ${MAX_TOKENS} tokens` })
    }
    sqlite
      .prepare(
        `INSERT INTO personal_access_tokens (id, user_id, name, token_hash, expires_at, created_at)
         VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(id, userId, name, hashToken(token), expiresAt ?? null, createdAt)
    const details = { name, expiresAt: expiresAt ?? null }
    audit(context, commander, { ...deedOf('token.created', id), details })
  })()
  return { id, name, createdAt, lastUsedAt: null, expiresAt: expiresAt ?? null, token }
}

/** Throws `not_found` for a token that is not one's own. */
export function revokeToken(context: CommandContext, commander: Commander, tokenId: string): void {
  const { sqlite } = context.database
  sqlite.transaction(() => {
    const { changes } = sqlite
      .prepare('DELETE FROM personal_access_tokens WHERE id = ? AND user_id = ?')
      .run(tokenId, commander.userId)
    if (changes === 0) throw new AppError('not_found')
    audit(context, commander, deedOf('token.revoked', tokenId))
  })()
  context.notifier.credentialEnded({ tokenId })
}

function deedOf(action: 'token.created' | 'token.revoked', entityId: string) {
  return { action, entityType: 'token', entityId } as const
}
