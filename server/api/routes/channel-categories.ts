/** `/api/channel-categories`: under what channels stand. */
import { z } from 'zod'
import {
  categorySchema,
  createCategoryRequestSchema,
  listCategoriesResponseSchema,
  updateCategoryRequestSchema,
} from '../../../shared/api/channel-categories.ts'
import { categoryIdSchema } from '../../../shared/ids.ts'
import {
  createCategory,
  deleteCategory,
  updateCategory,
} from '../../commands/channel-categories.ts'
import { getCategory, listCategories } from '../../queries/channel-categories.ts'
import {
  commanderOf,
  createApp,
  json,
  jsonBody,
  signedInRoute,
  type ApiApp,
  type RouteDeps,
} from '../api-context.ts'

const params = z.object({ id: categoryIdSchema })

const listRoute = signedInRoute({
  method: 'get',
  path: '/channel-categories',
  summary: 'List the categories of channels, in order',
  responses: { 200: json(listCategoriesResponseSchema, 'All categories') },
})
const createCategoryRoute = signedInRoute({
  method: 'post',
  path: '/channel-categories',
  noes: [409],
  summary: 'Make a category; for admins',
  request: { body: jsonBody(createCategoryRequestSchema) },
  responses: { 201: json(categorySchema, 'The category') },
})
const updateRoute = signedInRoute({
  method: 'patch',
  path: '/channel-categories/{id}',
  summary: 'Rename or move a category; for admins',
  request: { params, body: jsonBody(updateCategoryRequestSchema) },
  responses: { 200: json(categorySchema, 'The category as it is now') },
})
const deleteRoute = signedInRoute({
  method: 'delete',
  path: '/channel-categories/{id}',
  summary: 'Delete a category, not its channels; for admins',
  request: { params },
  responses: { 204: { description: 'It is gone; its channels are in no category' } },
})

export function createCategoryRoutes({ commands }: RouteDeps): ApiApp {
  const { database } = commands
  return createApp()
    .openapi(listRoute, async (context) => {
      const categories = await listCategories(database, context.get('identity'))
      return context.json({ categories }, 200)
    })
    .openapi(createCategoryRoute, async (context) => {
      const commander = commanderOf(context.get('identity'))
      const id = createCategory(commands, commander, context.req.valid('json'))
      return context.json(await getCategory(database, id), 201)
    })
    .openapi(updateRoute, async (context) => {
      const { id } = context.req.valid('param')
      const changes = context.req.valid('json')
      updateCategory(commands, commanderOf(context.get('identity')), { id, changes })
      return context.json(await getCategory(database, id), 200)
    })
    .openapi(deleteRoute, (context) => {
      const { id } = context.req.valid('param')
      deleteCategory(commands, commanderOf(context.get('identity')), id)
      return context.body(null, 204)
    })
}
