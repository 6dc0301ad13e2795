/** REST contract: categories, under which channels stand in an order. */
import { z } from 'zod'
import { categoryIdSchema } from '../ids.ts'
import { timeSchema } from '../records/time.ts'
import { MAX_POSITION } from './channels.ts'

export const MAX_CATEGORIES = 200

const nameSchema = z.string().trim().min(1).max(80)
const positionSchema = z.int().min(0).max(MAX_POSITION)

export const categorySchema = z
  .strictObject({
    id: categoryIdSchema,
    name: z.string(),
    position: z.int().min(0).describe('Its place among the categories, from 0.'),
    createdAt: timeSchema,
  })
  .meta({ id: 'Category' })
/** `GET /channel-categories`: all of them, in order. */
export const listCategoriesResponseSchema = z.strictObject({ categories: z.array(categorySchema) })
/** `POST /channel-categories`. Without a position it comes last. */
export const createCategoryRequestSchema = z.strictObject({
  name: nameSchema,
  position: positionSchema.optional(),
})
/** `PATCH /channel-categories/:id`. `position` is the place to take; the others keep their order. */
export const updateCategoryRequestSchema = z.strictObject({
  name: nameSchema.optional(),
  position: positionSchema.optional(),
})

export type Category = z.infer<typeof categorySchema>
