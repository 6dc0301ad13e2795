/**
 * A page of another site must not write with the visitor's cookie (CSRF), nor sign the visitor in as
 * somebody else, who would then read what the visitor writes.
 */
import type { MiddlewareHandler } from 'hono'
import { AppError } from '../../shared/errors.ts'

/** Reads by their method, but signs in. */
const SIGNS_IN = '/api/auth/magic-link/verify'
/** What browsers say of pages that are not of this server. */
const FOREIGN_SITES = new Set(['cross-site', 'same-site'])
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Programs send no Origin and bring a token; browsers send one with every write. */
export function refuseForeignWrites(publicUrl: string): MiddlewareHandler {
  const ownOrigin = new URL(publicUrl).origin
  return async ({ req }, next) => {
    const origin = req.header('origin')
    const isGuarded = !SAFE_METHODS.has(req.method) || req.path === SIGNS_IN
    if (isGuarded && FOREIGN_SITES.has(req.header('sec-fetch-site') ?? '')) {
      throw new AppError('foreign_origin')
    }
    if (isGuarded && origin !== undefined && origin !== ownOrigin) {
      const isSameHost = URL.canParse(origin) && new URL(origin).host === req.header('host')
      if (!isSameHost) throw new AppError('foreign_origin')
    }
    await next()
  }
}
