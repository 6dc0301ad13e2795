/**
 * Routes of better-auth that answer before anything is done: what they answer, and after how long, is
 * the same whether or not somebody has the address.
 */
import { setCookie } from 'hono/cookie'
import { signUpRequestSchema } from '../../shared/api/auth.ts'
import { mailRequestSchema } from '../../shared/api/sign-in-ways.ts'
import { AppError } from '../../shared/errors.ts'
import type { Auth } from '../auth/auth.ts'
import { SIGN_UP_DEVICE_HEADER } from '../auth/sign-up-proof.ts'
import { createApp, type ApiApp } from './api-context.ts'
import { CLIENT_ADDRESS_HEADER } from './client-address.ts'
import { toValidationResponse } from './error-response.ts'
import { jsonOf } from './json-of.ts'

export interface AnswerFirstDeps {
  auth: Pick<Auth, 'handleLater' | 'isProofRequired' | 'signUpCookie'>
}

/** Signing up answers first only where an address has to be proven before anybody is let in. */
export function createAnswerFirstRoutes({ auth }: AnswerFirstDeps): ApiApp {
  const app = createApp()
  app.post('/auth/request-password-reset', async ({ req, json }) => {
    const form = mailRequestSchema.safeParse(await jsonOf(req.raw))
    if (!form.success) throw new AppError('invalid_request')
    auth.handleLater(withBody(req.raw, { email: form.data.email }))
    return json({ status: true })
  })
  if (!auth.isProofRequired) return app
  app.post('/auth/sign-up/email', async (context) => {
    const { raw } = context.req
    const form = signUpRequestSchema.safeParse(await jsonOf(raw))
    if (!form.success) return toValidationResponse(context, form.error)
    const { name, value, secure, maxAgeSeconds, device } = auth.signUpCookie(form.data.email)
    auth.handleLater(withBody(raw, form.data, { [SIGN_UP_DEVICE_HEADER]: device }))
    setCookie(context, name, value, {
      ...{ path: '/api/auth', secure, httpOnly: true, sameSite: 'Lax', maxAge: maxAgeSeconds },
    })
    return context.json({ status: true }, 202)
  })
  return app
}

/** Without whatever else the browser sent: foreign pages were refused before, and nobody is signed in. */
function withBody(
  { url, headers: given }: Request,
  form: object,
  more: Readonly<Record<string, string>> = {},
): Request {
  const headers = new Headers({ 'content-type': 'application/json', ...more })
  for (const name of [CLIENT_ADDRESS_HEADER, 'user-agent']) {
    const value = given.get(name)
    if (value !== null) headers.set(name, value)
  }
  return new Request(url, { method: 'POST', headers, body: JSON.stringify(form) })
}
