/** better-auth's own answers -> the form of every other answer: its noes become problem details. */
import type { Context } from 'hono'
import { z } from 'zod'
import type { ErrorCode } from '../../shared/errors.ts'
import { problemResponse } from './error-response.ts'

const refusalSchema = z.object({
  code: z.string().default(''),
  message: z.string().optional(),
})

const codesByStatus: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  413: 'payload_too_large',
  429: 'rate_limited',
}

/** Passes successes, redirects and cookies on as they are. */
export async function toAuthResponse(context: Context, response: Response): Promise<Response> {
  if (isLinkRefused(context, response)) {
    const detail = 'This link is used up, or too old'
    return problemResponse(context, { code: 'invalid_request', detail })
  }
  if (response.status < 400) return response
  const text = await response.text()
  const parsed = refusalSchema.safeParse(parseJson(text))
  const code = codeOf(response.status, parsed.data?.code ?? '')
  const detail = code === 'try_again' ? 'The provider does not answer' : parsed.data?.message
  const problem = problemResponse(context, { code, ...(detail && { detail }) })
  for (const cookie of response.headers.getSetCookie()) problem.headers.append('Set-Cookie', cookie)
  return problem
}

/** The page that a mailed link leads to asks by itself: it wants a no, and not to be sent on. */
function isLinkRefused({ req }: Context, { status, headers }: Response): boolean {
  const isRedirect = status === 302 && req.path.endsWith('/auth/magic-link/verify')
  return isRedirect && /[?&]error=/.test(headers.get('location') ?? '')
}

function codeOf(status: number, reason: string): ErrorCode {
  if (status >= 500) return 'internal'
  // One that is not configured got its no before: this one does not answer just now.
  if (reason === 'PROVIDER_NOT_FOUND') return 'try_again'
  // Nobody has to sign in because a mailed link is not good.
  if (reason === 'INVALID_TOKEN' || reason === 'TOKEN_EXPIRED') return 'invalid_request'
  if (reason.startsWith('USER_ALREADY_EXISTS')) return 'already_exists'
  return codesByStatus[status] ?? 'invalid_request'
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {} // better-auth answers some noes without words
  }
}
