/** REST contract: signing up and in, sessions, and claiming an imported person's account. */
import { z } from 'zod'
import { userIdSchema } from '../ids.ts'
import { timeSchema } from '../records/time.ts'

export const MIN_PASSWORD_LENGTH = 10
export const MAX_PASSWORD_LENGTH = 128

export const nameSchema = z
  .string()
  .max(80)
  .regex(/^[^\p{Cc}]*[^\p{Cc}\s][^\p{Cc}]*$/u, 'must be a name')
export const passwordSchema = z.string().min(MIN_PASSWORD_LENGTH).max(MAX_PASSWORD_LENGTH)

export const imageUrlSchema = z.url({ protocol: /^https?$/ }).max(2_000)

/** What people may call themselves and show as their picture. */
export const profileSchema = z.object({
  name: nameSchema.optional(),
  image: imageUrlSchema.nullish(),
})

/** `POST /auth/sign-up/email`. */
export const signUpRequestSchema = z.object({
  email: z.email(),
  password: passwordSchema,
  name: nameSchema,
})
/** `POST /auth/sign-in/email`. */
export const signInRequestSchema = z.object({ email: z.email(), password: z.string() })

const accountSchema = z.object({
  id: userIdSchema,
  email: z.email(),
  name: z.string(),
  image: z.string().nullable(),
})
/** Beside the cookie, which is what signs in. */
export const signedInResponseSchema = z.object({ user: accountSchema })

export const sessionSchema = z
  .object({
    id: z.string(),
    token: z.string().describe('Names the session when it is revoked.'),
    userId: userIdSchema,
    isCurrent: z.boolean().describe('The session that asks.'),
    device: z.string().describe('What people call it, from `userAgent`: `Firefox on Windows`.'),
    ipAddress: z.string().nullish().describe('Where it was begun from.'),
    userAgent: z.string().nullish(),
    lastUsedAt: z.iso.datetime().describe('To the minute.'),
    expiresAt: z.iso.datetime(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Session' })
/** `POST /auth/revoke-session`. */
export const revokeSessionRequestSchema = z.object({ token: z.string() })
/** `POST /auth/change-password`. */
export const changePasswordRequestSchema = z.object({
  currentPassword: z.string(),
  newPassword: passwordSchema,
  revokeOtherSessions: z.boolean().optional(),
})
/** `POST /auth/sign-out`. */
/** The body of what needs none: better-auth refuses a POST without one. */
export const nothingSchema = z.strictObject({})
export const signedOutResponseSchema = z.object({ success: z.boolean() })
/** What revoking sessions and changing a profile answer. */
export const revokedResponseSchema = z.object({ status: z.boolean() })

/** `POST /users/:id/claim-link`: `url` is shown this once and works until `expiresAt`. */
export const claimLinkSchema = z.strictObject({ url: z.url(), expiresAt: timeSchema })

/** `POST /auth/claim`. An address is taken only for a person who has none yet. */
export const claimRequestSchema = z.strictObject({
  token: z.string().min(1).max(200),
  password: passwordSchema,
  email: z.email().optional(),
})
/** The address to sign in with from now on. */
export const claimResponseSchema = z.strictObject({ email: z.email() })
