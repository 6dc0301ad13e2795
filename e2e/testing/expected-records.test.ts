import { beforeEach, describe, expect, test } from 'vitest'
import type { RecordEdit } from '../../shared/document/record-edit.ts'
import {
  createExpectedRecords,
  type ExpectedRecords,
  type RecordPlace,
} from './expected-records.ts'

const place: RecordPlace = 'messages/one'
const lost = /an acknowledged write is lost/

function edit(value: unknown): RecordEdit[] {
  return [{ root: 'messages', key: 'one', value }]
}

describe('the check of the crash test', () => {
  let expected: ExpectedRecords

  beforeEach(() => {
    expected = createExpectedRecords()
  })

  test('names an acknowledged record that is not there', () => {
    expected.write(edit({ content: 'a' })).acknowledge()
    expect(expected.settle(new Map())).toEqual([expect.stringMatching(lost)])
  })

  test('names a record that went back to before an acknowledged edit or removal', () => {
    const first = { content: 'a' }
    expected.write(edit(first))
    expected.write(edit({ content: 'b' })).acknowledge()
    expect(expected.settle(new Map([[place, first]]))).toEqual([expect.stringMatching(lost)])
    expected.write(edit(undefined)).acknowledge()
    expect(expected.settle(new Map([[place, first]]))).toEqual([expect.stringMatching(lost)])
  })

  test('names a record that is not what was written, and one that nobody wrote', () => {
    expected.write(edit({ content: 'a' })).acknowledge()
    const found = new Map<RecordPlace, unknown>([
      [place, { content: 'A' }],
      ['pins/two', 1],
    ])
    expect(expected.settle(found)).toEqual([
      expect.stringMatching(lost),
      expect.stringMatching(/nobody wrote/),
    ])
  })

  test('allows that a write without an acknowledgement is there or not, and then for good', () => {
    const value = { content: 'a' }
    expected.write(edit(value))
    expect(expected.unsettled()).toEqual([place])
    expect(expected.settle(new Map([[place, value]]))).toEqual([])
    expect(expected.settle(new Map())).toEqual([expect.stringMatching(lost)])
    expected.write([{ root: 'pins', key: 'two', value: 1 }])
    expect(expected.settle(new Map([[place, value]]))).toEqual([])
  })

  test('names what somebody else was shown and a fresh reader is not', () => {
    const value = { content: 'a' }
    expected.write(edit(value))
    expected.seen(place, value)
    expect(expected.settle(new Map())).toEqual([expect.stringMatching(lost)])
  })
})
