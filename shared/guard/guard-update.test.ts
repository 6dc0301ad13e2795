import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { guardCases } from '../testing/guard-cases.ts'
import { codeOf, conversation, decide } from '../testing/guarding.ts'
import { updateOf } from '../testing/updates.ts'

test.each(guardCases)('%s', (_rule, edit, expected, actor) => {
  const document = conversation()
  const state = Y.encodeStateAsUpdate(document)
  expect(codeOf(decide(document, updateOf(document, edit), actor))).toBe(expected)
  expect(Y.encodeStateAsUpdate(document)).toEqual(state)
})
