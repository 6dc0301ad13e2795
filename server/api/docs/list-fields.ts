/** JSON Schemas as rows for people: one for each field, nested ones under `outer.inner`. */
import type { Shape } from './described-document.ts'

export interface Field {
  /** Empty for what has no name, such as the items of a list. */
  name: string
  isRequired: boolean
  /** In words, such as `string or null`; names of records stand for themselves. */
  type: string
  description: string
}

/** The fields of an object; a named record, a list or a plain value is one row. */
export function listFields(shape: Shape): Field[] {
  if (shape.properties === undefined) return [toField('', shape, true)]
  return Object.entries(shape.properties).flatMap(([name, inner]) =>
    withNested(name, inner, shape.required.includes(name)),
  )
}

function withNested(name: string, shape: Shape, isRequired: boolean): Field[] {
  const nested = shape.items?.properties === undefined ? shape : shape.items
  if (nested.properties === undefined) return [toField(name, shape, isRequired)]
  const prefix = nested === shape ? `${name}.` : `${name}[].`
  const inner = listFields(nested).map((field) => ({ ...field, name: prefix + field.name }))
  return [toField(name, shape, isRequired), ...inner]
}

function toField(name: string, shape: Shape, isRequired: boolean): Field {
  return { name, isRequired, type: typeOf(shape), description: shape.description ?? '' }
}

/** What a value of this shape is, and within which bounds. */
export function typeOf(shape: Shape): string {
  const { $ref, allOf, items } = shape
  if ($ref !== undefined) return $ref.replace('#/components/schemas/', '')
  const [first] = allOf ?? []
  if (first !== undefined) return typeOf(first)
  const choices = shape.oneOf ?? shape.anyOf
  if (choices !== undefined) return [...new Set(choices.map(typeOf))].join(' or ')
  if (shape.const !== undefined) return JSON.stringify(shape.const)
  if (shape.enum !== undefined) return shape.enum.map((value) => JSON.stringify(value)).join(' or ')
  if (items !== undefined) return `list of ${typeOf(items)}${boundsOf(shape)}`
  const types = [shape.type ?? 'any'].flat()
  const named = types.map((type) => (type === 'string' ? stringKindOf(shape) : type))
  return named.join(' or ') + boundsOf(shape)
}

/** Ids are recognized by their pattern, which says nothing to a reader. */
function stringKindOf({ format, pattern = '' }: Shape): string {
  const [, version] = /\{4\}-([57])\[0-9a-f\]\{3\}-/.exec(pattern) ?? []
  if (version !== undefined) return `UUIDv${version}`
  return format ?? 'string'
}

function boundsOf(shape: Shape): string {
  const bounds = [
    between(shape.minimum, shape.maximum, ''),
    between(shape.minLength, shape.maxLength, ' characters'),
    between(shape.minItems, shape.maxItems, ' items'),
    shape.default === undefined ? '' : `default ${JSON.stringify(shape.default)}`,
  ].filter((bound) => bound !== '')
  return bounds.length === 0 ? '' : `, ${bounds.join(', ')}`
}

const LARGEST = 8_640_000_000_000_000

/** Bounds that only say what a number can be at all are left out. */
function between(least: number | undefined, most: number | undefined, unit: string): string {
  const upper = most === undefined || most >= LARGEST ? undefined : most.toLocaleString('en')
  if (upper === undefined)
    return least === undefined || least === 0 ? '' : `${least} or more${unit}`
  return least === undefined ? `up to ${upper}${unit}` : `${least} to ${upper}${unit}`
}
