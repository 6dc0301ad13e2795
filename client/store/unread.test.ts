import { expect, test } from 'vitest'
import { MAX_UNREAD } from '../../shared/api/reading.ts'
import { formatCount, unreadSentence } from './unread.ts'

test('what is unread is said in words', () => {
  expect(unreadSentence({ messages: 3, mentions: 1 })).toBe('3 unread, 1 mention')
  expect(unreadSentence({ messages: 1, mentions: 0 })).toBe('1 unread')
  expect(unreadSentence({ messages: 0, mentions: 2 })).toBe('2 mentions')
  expect(unreadSentence({ messages: 0, mentions: 0 })).toBe('')
})

test('a count that the server ended is told as such', () => {
  expect(formatCount(MAX_UNREAD - 1)).toBe('199')
  expect(formatCount(MAX_UNREAD)).toBe('200+')
})
