import { expect, test } from 'vitest'
import { formatEntityTag, parseIfMatch } from './entity-tag.ts'

test.for<[string | undefined, number[] | undefined]>([
  [undefined, undefined],
  ['*', undefined],
  [formatEntityTag(3), [3]],
  ['W/"3"', [3]],
  ['"1", "2"', [1, 2]],
  ['3', []],
  ['"03"', []],
  ['"x"', []],
  ['', []],
])('If-Match %j allows %j', ([header, versions]) => {
  expect(parseIfMatch(header)).toEqual(versions)
})
