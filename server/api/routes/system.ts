/** `/api/health`: whether the server and its store work. Told without signing in. */
import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import type { Database } from '../../database/open-database.ts'
import { createApp, json, type ApiApp } from '../api-context.ts'

const healthRoute = createRoute({
  method: 'get',
  path: '/health',
  summary: 'Is the server well',
  responses: {
    200: json(z.strictObject({ status: z.literal('ok'), db: z.literal('connected') }), 'It is'),
    503: json(
      z.strictObject({ status: z.literal('unavailable'), db: z.literal('unavailable') }),
      'The store does not answer',
    ),
  },
})

export function createSystemRoutes({ sqlite }: Database): ApiApp {
  return createApp().openapi(healthRoute, (context) =>
    isAnswering(sqlite)
      ? context.json({ status: 'ok' as const, db: 'connected' as const }, 200)
      : context.json({ status: 'unavailable' as const, db: 'unavailable' as const }, 503),
  )
}

function isAnswering(sqlite: Database['sqlite']): boolean {
  try {
    return sqlite.prepare('SELECT 1').get() !== undefined
  } catch {
    return false // that is the answer
  }
}
