/** The built client: hashed files for ever, everything else checked each time, pages by fallback. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import type { MiddlewareHandler } from 'hono'

const PAGE_METHODS = new Set(['GET', 'HEAD'])

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
    // A page has no dot in its path; a missing file must not be answered with the page.
    if (/\.[^/]*$/.test(context.req.path) || !PAGE_METHODS.has(context.req.method)) return next()
    return page(context, next)
  }
}
