import { expect, test } from 'vitest'
import { MAX_UNREAD } from '../../shared/api/reading.ts'
import type { ChannelId } from '../../shared/ids.ts'
import { countHeard, formatCount, unreadSentence } from './unread.ts'

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

test('P11.2 what is unread in muted channels and DMs does not count in the title', () => {
  const item = (unreadCount: number, muted: boolean) => ({
    id: `${unreadCount}` as ChannelId, // any will do
    unreadCount,
    mentionCount: 0,
    muted,
  })
  const items = [item(3, false), item(5, true), item(4, false)]
  const unreadIn = ({ unreadCount }: (typeof items)[number]) => ({
    messages: unreadCount,
    mentions: 0,
  })
  expect(countHeard(items, unreadIn)).toBe(7)
})
