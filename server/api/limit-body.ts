/** How long the body of a request may be. Uploads are streamed, and limited where they are received. */
import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { problemResponse } from './error-response.ts'

const MAX_BODY_BYTES = 1_048_576

export function limitBody(): MiddlewareHandler {
  const refuse = (context: Context): Response =>
    problemResponse(context, { code: 'payload_too_large' })
  const limitStream = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: refuse })
  return async (context, next) => {
    const { method, path } = context.req
    const isUpload = method === 'POST' && path === '/api/files'
    if (method === 'GET' || method === 'HEAD' || isUpload) return next()
    const length = context.req.header('content-length')
    const isLengthTold = length !== undefined && !context.req.header('transfer-encoding')
    // To look at a body is to make a stream of it: only where nobody has said how long it is.
    if (!isLengthTold) return limitStream(context, next)
    return Number(length) > MAX_BODY_BYTES ? refuse(context) : next()
  }
}
