/** The parts of an OpenAPI document that its page shows. */
import { z } from 'zod'

const baseSchema = z.object({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  const: z.union([z.string(), z.number(), z.boolean()]).optional(),
  default: z.unknown().optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  required: z.array(z.string()).default([]),
})

/** A JSON Schema, as far as the page can say it. */
export interface Shape extends z.infer<typeof baseSchema> {
  properties?: Record<string, Shape> | undefined
  items?: Shape | undefined
  oneOf?: Shape[] | undefined
  anyOf?: Shape[] | undefined
  allOf?: Shape[] | undefined
}

const shapeSchema: z.ZodType<Shape> = baseSchema.extend({
  get properties() {
    return z.record(z.string(), shapeSchema).optional()
  },
  get items() {
    return shapeSchema.optional()
  },
  get oneOf() {
    return z.array(shapeSchema).optional()
  },
  get anyOf() {
    return z.array(shapeSchema).optional()
  },
  get allOf() {
    return z.array(shapeSchema).optional()
  },
})

const contentSchema = z.record(z.string(), z.object({ schema: shapeSchema })).optional()

const parameterSchema = z.object({
  name: z.string(),
  in: z.string(),
  required: z.boolean().default(false),
  description: z.string().optional(),
  schema: shapeSchema,
})

const operationSchema = z.object({
  operationId: z.string(),
  tags: z.tuple([z.string()]),
  summary: z.string(),
  security: z.array(z.unknown()).default([]),
  parameters: z.array(parameterSchema).default([]),
  requestBody: z.object({ content: contentSchema }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content: contentSchema })),
})

export const documentSchema = z.object({
  info: z.object({ title: z.string(), version: z.string() }),
  tags: z.array(z.object({ name: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.object({ schemas: z.record(z.string(), shapeSchema) }),
})

export type Operation = z.infer<typeof operationSchema>
export type Parameter = z.infer<typeof parameterSchema>
