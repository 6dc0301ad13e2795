/**
 * What holds for everything that better-auth writes (people, accounts, sessions): what may be written,
 * what it means beyond its row, and its entry in the audit log.
 */
import { APIError, getOAuthState } from 'better-auth/api'
import { profileSchema } from '../../shared/api/auth.ts'
import { userIdSchema } from '../../shared/ids.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import type { ProvenAddress } from './proven-address.ts'
import type { AuthRequest, SignInLog } from './sign-in-log.ts'
import type { SignUpProof } from './sign-up-proof.ts'

export interface WriteHookDeps {
  sqlite: SqliteConnection
  log: SignInLog
  provenAddress: ProvenAddress
  signUpProof: SignUpProof
  onSessionEnded: (sessionId: string) => void
  /** Somebody joined or changed their name. */
  onPeopleChanged: () => void
}

interface SessionRow {
  id: string
  userId: string
  expiresAt: Date
}

type Profile = { name?: unknown; image?: unknown }
type PersonRequest =
  | (AuthRequest & { context?: { session?: { user: { id: string } } | null } })
  | null

const MAGIC_LINK = '/magic-link/verify'
const CALLBACK = '/callback/:id'

export function createWriteHooks(deps: WriteHookDeps) {
  const { sqlite, log, provenAddress, signUpProof, onSessionEnded, onPeopleChanged } = deps
  const becomeOwner = sqlite.prepare(
    `UPDATE users SET role = 'OWNER'
     WHERE id = ? AND NOT EXISTS (SELECT 1 FROM users WHERE role = 'OWNER')`,
  )
  const selectDeactivated = sqlite.prepare(
    'SELECT 1 FROM users WHERE id = ? AND deactivated_at IS NOT NULL',
  )
  const isDeactivated = (userId: string): boolean =>
    selectDeactivated.get(userIdSchema.parse(userId)) !== undefined
  const deleteSession = sqlite.prepare('DELETE FROM sessions WHERE id = ?')
  const selectByEmail = sqlite.prepare('SELECT 1 FROM users WHERE lower(email) = lower(?)')

  return {
    user: {
      create: {
        before: (user: Profile & { email: string }) => {
          requireProfile(user)
          // better-auth compares exactly; whoever was imported may be there as `Ada@…`.
          if (selectByEmail.get(user.email) !== undefined) {
            throw new APIError('UNPROCESSABLE_ENTITY', {
              code: 'USER_ALREADY_EXISTS',
              message: 'User already exists. Use another email.',
            })
          }
          return Promise.resolve()
        },
        // One statement, so that of two people who sign up at once only one becomes the owner.
        after: (user: { id: string }, request: AuthRequest) => {
          becomeOwner.run(user.id)
          if (request?.headers) signUpProof.noteSignUp(user.id, request.headers)
          log.personChanged('person.signed_up', user.id, request)
          onPeopleChanged()
          return Promise.resolve()
        },
      },
      update: {
        before: (user: Profile) => {
          requireProfile(user)
          return Promise.resolve()
        },
        after: (user: { id: string }, request: AuthRequest) => {
          const isProfile = request?.path === '/update-user'
          log.personChanged(
            isProfile ? 'person.updated' : 'person.email_verified',
            user.id,
            request,
          )
          if (request?.path === MAGIC_LINK) provenAddress.byMagicLink(user.id)
          onPeopleChanged()
          return Promise.resolve()
        },
      },
    },
    account: {
      create: {
        before: async (account: { userId: string }, request: AuthRequest) => {
          if (request?.path === CALLBACK) await requireLinkable(account.userId)
          return { data: withoutProviderTokens }
        },
        after: (account: { userId: string; providerId: string }, request: AuthRequest) => {
          if (request?.path === '/sign-up/email') return Promise.resolve()
          log.wayLinked(account, request)
          onPeopleChanged()
          return Promise.resolve()
        },
      },
      update: {
        before: () => Promise.resolve({ data: withoutProviderTokens }),
        after: (_account: unknown, request: PersonRequest) => {
          const userId = request?.context?.session?.user.id
          if (request?.path === '/change-password' && userId !== undefined) {
            log.personChanged('person.password_changed', userId, request)
          }
          return Promise.resolve()
        },
      },
    },
    session: {
      create: {
        before: (session: { userId: string }) => {
          if (isDeactivated(session.userId)) {
            throw new APIError('FORBIDDEN', {
              code: 'account_deactivated',
              message: 'This account was deactivated',
            })
          }
          return Promise.resolve()
        },
        after: (session: SessionRow, request: AuthRequest) => {
          // Deactivated since it was asked: a way in would be left for when they are let in again.
          if (isDeactivated(session.userId)) deleteSession.run(session.id)
          if (request?.path === MAGIC_LINK) provenAddress.keepMailbox(session.userId)
          log.sessionStarted(session, request)
          return Promise.resolve()
        },
      },
      delete: {
        after: (session: SessionRow, request: AuthRequest) => {
          log.sessionEnded(session, request)
          onSessionEnded(session.id)
          return Promise.resolve()
        },
      },
    },
  }

  /** better-auth has asked already whether the provider vouches for the address. */
  async function requireLinkable(userId: string): Promise<void> {
    const state = await getOAuthState()
    const isAskedFor = state?.link?.userId === userId
    if (!isAskedFor && !provenAddress.mayBecomeWay(userId)) {
      throw new APIError('FORBIDDEN', {
        code: 'account_not_linked',
        message: 'Sign in as before, and link the provider then',
      })
    }
  }
}

/** They would open somebody's account elsewhere, and nothing here needs them after signing in. */
const withoutProviderTokens = {
  ...{ accessToken: null, refreshToken: null, idToken: null },
  ...{ accessTokenExpiresAt: null, refreshTokenExpiresAt: null },
}

/** better-auth itself takes names and pictures of any length. */
function requireProfile({ name, image }: Profile): void {
  const profile = profileSchema.safeParse({ name, image })
  if (!profile.success) {
    const [issue] = profile.error.issues
    throw new APIError('BAD_REQUEST', {
      code: 'INVALID_PROFILE',
      message: `${issue?.path.join('.')}: ${issue?.message}`,
    })
  }
}
