/** Counts every answered request by the pattern of its route. The outermost middleware. */
import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { Metrics } from '../observability/metrics.ts'
import type { ApiEnvironment } from './api-context.ts'

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

export function observeRequests({ noteRequest }: Metrics): MiddlewareHandler<ApiEnvironment> {
  return async (context, next) => {
    const startedAt = performance.now()
    await next()
    const { method } = context.req
    noteRequest({
      // Anybody may invent a method.
      method: METHODS.has(method) ? method : 'other',
      // By now it is the route that answered.
      route: routePath(context),
      status: context.res.status,
      seconds: (performance.now() - startedAt) / 1_000,
    })
  }
}
