/** `/api/users/:id/export` and `/erase`: what the law lets people ask of whoever keeps data about them. */
import { Readable } from 'node:stream'
import { compress } from 'hono/compress'
import { z } from 'zod'
import { erasePersonRequestSchema } from '../../../shared/api/users.ts'
import { AppError } from '../../../shared/errors.ts'
import { userIdSchema, type UserId } from '../../../shared/ids.ts'
import { personExportSchema } from '../../../shared/api/personal-data.ts'
import { exportPerson } from '../../commands/export-person.ts'
import { erasePerson } from '../../commands/erase-person.ts'
import {
  commanderOf,
  createApp,
  json,
  jsonBody,
  signedInRoute,
  type ApiApp,
  type RouteDeps,
} from '../api-context.ts'

/** A part is read from the store once the one before it has gone out. */
const ONE_AT_A_TIME = { highWaterMark: 1 }

const params = z.object({ id: userIdSchema })

const eraseRoute = signedInRoute({
  method: 'post',
  path: '/users/{id}/erase',
  noes: [409],
  summary: 'Erase a person for ever, and all that they wrote; for owners',
  request: { params, body: jsonBody(erasePersonRequestSchema) },
  responses: {
    202: { description: 'They are unknown from now on; what they wrote is being removed' },
  },
})

// Described alone: it is too long to be put together before it is sent.
const exportRoute = signedInRoute({
  method: 'get',
  path: '/users/{id}/export',
  noes: [403],
  summary: 'Get all that is kept about oneself; owners, about anybody',
  request: { params },
  responses: { 200: json(personExportSchema, 'Every row that concerns the person, by subject') },
})

export function createPersonalDataRoutes({ commands, onErasure }: RouteDeps): ApiApp {
  const app = createApp()
  app.openAPIRegistry.registerPath(exportRoute)
  app.use('/users/:id/export', compress())
  app.get('/users/:id/export', (context) => {
    const userId = parseUserId(context.req.param('id'))
    const parts = exportPerson(commands, commanderOf(context.get('identity')), userId)
    const body = Readable.toWeb(Readable.from(parts, ONE_AT_A_TIME)) as ReadableStream // the same stream, by Node's type
    return context.body(body, 200, {
      'content-type': 'application/json',
      'content-disposition': `attachment; filename="person-${userId}.json"`,
    })
  })
  app.openapi(eraseRoute, (context) => {
    const { id: userId } = context.req.valid('param')
    const commander = commanderOf(context.get('identity'))
    erasePerson(commands, commander, { userId, ...context.req.valid('json') })
    onErasure()
    return context.body(null, 202)
  })
  return app
}

function parseUserId(given: string): UserId {
  const { data, success } = userIdSchema.safeParse(given)
  if (!success) throw new AppError('invalid_request', { message: 'The id is no UUIDv7' })
  return data
}
