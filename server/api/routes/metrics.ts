/**
 * `/metrics`, for Prometheus: with `METRICS_TOKEN` to whoever brings it; without one, to programs
 * on this machine alone. To everybody else there is no such page.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { AppError } from '../../../shared/errors.ts'
import type { Secret } from '../../config/secret.ts'
import type { Metrics } from '../../observability/metrics.ts'
import { createApp, type ApiApp } from '../api-context.ts'
import { CLIENT_ADDRESS_HEADER } from '../client-address.ts'

export interface MetricsRouteDeps {
  metrics: Metrics
  metricsToken: Secret | undefined
}

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/i
/** A proxy on this machine speaks for somebody else. */
const FORWARDING_HEADERS = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via']
const BEARER = /^Bearer (.+)$/i

export function createMetricsRoutes({ metrics, metricsToken }: MetricsRouteDeps): ApiApp {
  const app = createApp()
  app.get('/metrics', async (context) => {
    const header = (name: string): string | undefined => context.req.header(name)
    if (metricsToken === undefined) {
      const isDirect = FORWARDING_HEADERS.every((name) => header(name) === undefined)
      const isLocal = isDirect && LOOPBACK.test(header(CLIENT_ADDRESS_HEADER) ?? '')
      if (!isLocal) throw new AppError('not_found')
    } else if (!isSame(BEARER.exec(header('authorization') ?? '')?.[1] ?? '', metricsToken)) {
      throw new AppError('unauthenticated')
    }
    const { contentType, text } = await metrics.format()
    return context.body(text, 200, { 'Content-Type': contentType, 'Cache-Control': 'no-store' })
  })
  return app
}

/** Takes as long for a token that is nearly right as for any other. */
function isSame(given: string, expected: Secret): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected.reveal()))
}
