/**
 * Values for what an OpenAPI document describes: such as fit it, strange ones among them, and such as do
 * not. For tests.
 */
import * as fc from 'fast-check'
import { z } from 'zod'

const fieldSchema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).default([]),
  items: z.unknown().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().default(0),
  maxLength: z.number().default(Number.POSITIVE_INFINITY),
  minItems: z.number().default(0),
  maxItems: z.number().default(8),
})

/** Values by the name of a field that are accepted there, most of the time. */
export type Fitting = Readonly<Record<string, readonly unknown[]>>

const LONGEST = 16_000
const FAMILY = '👩🏽‍👩🏻‍👧🏿‍👦🏼'

/** What fits wherever text does, and is not what one expects. */
const strangeTexts = [
  ...[
    'a\u0000b',
    '\u0000',
    '\ud800',
    'x\udfff',
    '\u202eabc',
    'e\u0301',
    '\u00e9',
    FAMILY,
    '👍',
    '🇩🇪',
  ],
  ...[
    '1️⃣',
    '__proto__',
    'constructor',
    "' OR 1=1 --",
    '%_\\',
    '"*',
    '<@channel>',
    '<script>',
    ' ',
    '\n',
  ],
  ...['../../etc/passwd', 'null', 'NaN', '-0', '0x10', '1e999', ':wave:', '*', 'W/"1"', '"1"', '#'],
  ...['x'.repeat(80), 'x'.repeat(LONGEST), '\ud83d\ude80'.repeat(LONGEST / 2)],
]
const longTexts = ['', `${'x'.repeat(LONGEST - 1)}🚀`, 'x'.repeat(LONGEST + 1), FAMILY.repeat(9)]

/** Of no list, of others, and such as only somebody hostile makes. */
const cursors = [
  ...['{}', '"x"', 'null', '[]', '[1]', '["a","b"]', '[1e308,"x"]', '[0,"\\u0000"]', '5', '-1'],
  ...['{"direction":"older","createdAt":-1,"id":""}', '{"direction":"newer","createdAt":1e99}'],
  ...['{"direction":"older","createdAt":1e99,"id":"\\ud800"}', '"\\ud800"', '[1,"\\ud800"]', '1.5'],
  ...['9007199254740993', '1e400', '{"__proto__":[1,"x"]}', '[["a"],"b"]', '[null,"b"]', '["",""]'],
].map((json) => Buffer.from(json).toString('base64url'))

function nested(depth: number): unknown {
  let value: unknown = 'deep'
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

/** What fits hardly anywhere. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...strangeTexts, ...longTexts, ...cursors),
  fc.constantFrom(0, -1, 101, 1000, 1.5, 2 ** 53, 2 ** 63, 1e21, 1e308, null, true, [], {}, [[]]),
  fc.constantFrom(nested(10), nested(2_000), { __proto__: null, constructor: { prototype: 1 } }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 3 }),
)

/** Hardly anything but what fits. */
export function fittingValue(
  name: string,
  described: unknown,
  fitting: Fitting,
): fc.Arbitrary<unknown> {
  const field = fieldSchema.parse(described ?? {})
  const known = fitting[name]
  if (known !== undefined && field.type !== 'array') return fc.constantFrom(...known)
  if (field.enum !== undefined) return fc.constantFrom(...field.enum)
  if (field.anyOf?.[0] !== undefined) return fittingValue(name, field.anyOf[0], fitting)
  const types = [field.type ?? 'object'].flat()
  if (types.includes('string')) return textWithin(field.minLength, field.maxLength)
  if (types.includes('integer') || types.includes('number')) {
    const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = field
    return fc.oneof(fc.integer({ min: minimum, max: maximum }), fc.constantFrom(minimum, maximum))
  }
  if (types.includes('boolean')) return fc.boolean()
  if (types.includes('array')) {
    const { minItems: minLength, maxItems } = field
    const item = fittingValue(name, field.items, fitting)
    return fc.array(item, { minLength, maxLength: Math.min(maxItems, minLength + 3) })
  }
  const properties = Object.entries(field.properties ?? {})
  const values = properties.map(([key, each]) => [key, fittingValue(key, each, fitting)] as const)
  return fc.record(Object.fromEntries(values), { requiredKeys: field.required })
}

function textWithin(shortest: number, longest: number): fc.Arbitrary<string> {
  const fits = [...strangeTexts, ...cursors, ...longTexts].filter(
    ({ length }) => length >= shortest && length <= longest,
  )
  const maxLength = Math.min(longest, 40)
  return fc.oneof(
    fc.constantFrom(...fits),
    fc.string({ unit: 'grapheme', minLength: shortest, maxLength }),
  )
}
