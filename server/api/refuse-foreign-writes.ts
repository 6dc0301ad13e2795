/** A page of another site must not write with the visitor's cookie (CSRF). */
import type { MiddlewareHandler } from 'hono'
import { AppError } from '../../shared/errors.ts'

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Programs send no Origin and bring a token; browsers send one with every write. */
export function refuseForeignWrites(publicUrl: string): MiddlewareHandler {
  const ownOrigin = new URL(publicUrl).origin
  return async ({ req }, next) => {
    const origin = req.header('origin')
    if (!SAFE_METHODS.has(req.method) && origin !== undefined && origin !== ownOrigin) {
      const isSameHost = URL.canParse(origin) && new URL(origin).host === req.header('host')
      if (!isSameHost) throw new AppError('foreign_origin')
    }
    await next()
  }
}
