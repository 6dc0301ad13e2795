/** The built client: hashed files for ever, everything else checked each time, pages by fallback. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import type { MiddlewareHandler } from 'hono'

/** Undefined when the client was not built. */
export function serveClient(folder: string): MiddlewareHandler | undefined {
  if (!existsSync(join(folder, 'index.html'))) return undefined
  const files = serveStatic({ root: folder })
  const page = serveStatic({ root: folder, path: 'index.html' })
  return async (context, next) => {
    const isHashed = context.req.path.startsWith('/assets/')
    context.header('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    const file = await files(context, async () => {})
    if (file instanceof Response) return file
    if (isHashed || context.req.method !== 'GET') return next()
    return page(context, next)
  }
}
