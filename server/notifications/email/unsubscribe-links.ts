/**
 * The links by which somebody ends their e-mail without signing in. Each is signed for one person and
 * address, is kept nowhere, and stays valid as long as that address is theirs.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { userIdSchema, type UserId } from '../../../shared/ids.ts'
import type { SqliteConnection } from '../../database/open-database.ts'

export interface UnsubscribeLinks {
  urlFor: (userId: UserId, email: string) => string
  /** Whose e-mail a link's token ends; undefined when it is not valid, or not any more. */
  findPerson: (token: string) => UserId | undefined
}

export interface UnsubscribeLinkDeps {
  sqlite: SqliteConnection
  /** Signs the links. */
  secret: string
  publicUrl: string
}

export function createUnsubscribeLinks(deps: UnsubscribeLinkDeps): UnsubscribeLinks {
  const selectEmail = deps.sqlite.prepare<[string], { email: string }>(
    'SELECT email FROM users WHERE id = ? AND email IS NOT NULL',
  )
  // What it is for stands before what is signed: the same secret signs cookies.
  const sign = (userId: UserId, email: string): Buffer =>
    createHmac('sha256', deps.secret)
      .update(`end e-mail\n${userId}\n${email.toLowerCase()}`)
      .digest()

  return {
    urlFor(userId, email) {
      const token = `${userId}.${sign(userId, email).toString('base64url')}`
      return `${deps.publicUrl}/api/email/unsubscribe?token=${token}`
    },
    findPerson(token) {
      const [id, signature = ''] = token.split('.')
      const { data: userId } = userIdSchema.safeParse(id)
      const person = userId && selectEmail.get(userId)
      if (userId === undefined || person === undefined) return undefined
      const [expected, given] = [
        sign(userId, person.email),
        Buffer.from(signature, 'base64url'),
      ] as const
      const isRight = given.length === expected.length && timingSafeEqual(given, expected)
      return isRight ? userId : undefined
    },
  }
}
