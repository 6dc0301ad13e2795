/** REST contract: the ways to sign in beside a password, and proving that an address is one's own. */
import { z } from 'zod'
import { userIdSchema } from '../ids.ts'
import { timeSchema } from '../records/time.ts'
import { passwordSchema } from './auth.ts'

/** `POST /auth/request-password-reset` and `/auth/sign-in/magic-link`. */
export const mailRequestSchema = z.object({ email: z.email() })
/** The same whether or not the address is known. */
export const mailResponseSchema = z.object({ status: z.boolean() })

const mailedTokenSchema = z.string().min(1).max(2_000)

/** `POST /auth/reset-password`. */
export const resetPasswordRequestSchema = z.object({
  token: mailedTokenSchema,
  newPassword: passwordSchema,
})

/** `GET /auth/verify-email` and `/auth/magic-link/verify`. */
export const mailedTokenQuerySchema = z.object({ token: mailedTokenSchema })
export const verifiedResponseSchema = z.object({ status: z.boolean() })
/** Beside the cookie, which is what signs in. */
export const magicLinkResponseSchema = z.object({
  user: z.object({ id: userIdSchema, name: z.string() }),
})

export const signInProviders = ['google', 'github', 'oidc'] as const

/** A page of this server to come back to. */
const returnSchema = z.string().max(2_000).optional()
/** `POST /auth/sign-in/social` and `/auth/link-social`. */
export const providerRequestSchema = z.strictObject({
  provider: z.enum(signInProviders),
  callbackURL: returnSchema.describe('Where to be when it is done.'),
  errorCallbackURL: returnSchema.describe('Where to be when it failed, with `?error=`.'),
})
/** The page of the provider that asks the person. */
export const providerResponseSchema = z.object({ url: z.url() })

/** `GET /auth/callback/:id`: what a provider sends a browser back with. */
export const callbackParamsSchema = z.object({ id: z.enum(signInProviders) })
export const callbackQuerySchema = z.object({
  state: z.string().optional(),
  code: z.string().optional(),
  error: z.string().optional(),
})

/** Of `GET /workspace`: which ways to sign in this server has. */
export const signInWaysSchema = z
  .strictObject({
    password: z.boolean(),
    magicLink: z.boolean(),
    passwordReset: z.boolean(),
    google: z.boolean(),
    github: z.boolean(),
    oidc: z
      .strictObject({ name: z.string() })
      .nullable()
      .describe('Any other provider, under the name that people know it by.'),
  })
  .meta({ id: 'SignInWays' })
export type SignInWays = z.infer<typeof signInWaysSchema>

/** One way in which a person can sign in: `credential` is the password, `magic-link` the mailbox. */
export const accountWaySchema = z.strictObject({
  id: z.string(),
  provider: z.string(),
  createdAt: timeSchema,
})
/** `GET /accounts`: one's own. */
export const listAccountsResponseSchema = z.strictObject({ accounts: z.array(accountWaySchema) })
