import { describe, expect, test } from 'vitest'
import { createId, threadIdOf, type ChannelId } from '../../../shared/ids.ts'
import { ada, ben, cleo } from '../../../shared/testing/updates.ts'
import { containsWord } from './contains-word.ts'
import { decideKind, type NotifyingMessage, type Wishes } from './decide-kind.ts'

const plainWishes: Wishes = {
  userId: ben,
  isMember: true,
  isMuted: false,
  level: null,
  ownLevel: 'MENTIONS',
  wantsReplies: true,
  wantsReactions: false,
  keywords: [],
}
const channelId = createId<ChannelId>({ now: () => 1, randomBytes: () => new Uint8Array(16) })
const plain: NotifyingMessage = {
  conversation: { kind: 'channel', id: channelId },
  content: 'hello',
  mentions: { userIds: new Set(), groups: new Set() },
  isNew: true,
  threadUserIds: new Set(),
}
const dm: Partial<NotifyingMessage> = {
  conversation: { kind: 'dm', id: threadIdOf([ada, ben]) },
}
const naming = (...userIds: (typeof ben)[]): Partial<NotifyingMessage> => ({
  mentions: { userIds: new Set(userIds), groups: new Set() },
})
const calling = (group: 'channel' | 'here'): Partial<NotifyingMessage> => ({
  mentions: { userIds: new Set(), groups: new Set([group]) },
})
const thread: Partial<NotifyingMessage> = { threadUserIds: new Set([ben]) }

const cases: [
  what: string,
  wishes: Partial<Wishes>,
  message: Partial<NotifyingMessage>,
  kind: string | undefined,
][] = [
  ['a message', {}, {}, undefined],
  ['a message, all wanted here', { level: 'ALL' }, {}, 'MESSAGE'],
  ['a message, all wanted anywhere', { ownLevel: 'ALL' }, {}, 'MESSAGE'],
  ['a message, all wanted but here', { ownLevel: 'ALL', level: 'MENTIONS' }, {}, undefined],
  ['their name', {}, naming(ben), 'MENTION'],
  ['another name', {}, naming(cleo), undefined],
  ['their name, nothing wanted', { ownLevel: 'NOTHING' }, naming(ben), undefined],
  [
    'their name, mentions wanted here',
    { ownLevel: 'NOTHING', level: 'MENTIONS' },
    naming(ben),
    'MENTION',
  ],
  ['their name, muted', { isMuted: true, level: 'ALL' }, naming(ben), undefined],
  ['their name, not a member', { isMember: false }, naming(ben), 'MENTION'],
  ['the channel', {}, calling('channel'), 'GROUP_MENTION'],
  ['the channel, not a member', { isMember: false }, calling('channel'), undefined],
  ['whoever is here', {}, calling('here'), 'GROUP_MENTION'],
  ['whoever is here, and is not', { userId: cleo }, calling('here'), undefined],
  ['a DM', {}, dm, 'DM'],
  ['a DM, mentions wanted in this one', { level: 'MENTIONS' }, dm, undefined],
  ['a DM, nothing wanted', { ownLevel: 'NOTHING' }, dm, undefined],
  ['a DM with their name', {}, { ...dm, ...naming(ben) }, 'MENTION'],
  ['a reply', {}, thread, 'REPLY'],
  ['a reply, not wanted', { wantsReplies: false }, thread, undefined],
  ['an edit', { level: 'ALL', keywords: ['hello'] }, { ...thread, isNew: false }, undefined],
  ['an edit that names them', {}, { ...naming(ben), isNew: false }, 'MENTION'],
  ['a word of theirs', { keywords: ['boat', 'Hello'] }, {}, 'KEYWORD'],
]

describe('what notifies somebody', () => {
  test.each(cases)('P11.1 P11.2 %s', (_, wishes, message, kind) => {
    const decided = decideKind(
      { ...plainWishes, ...wishes },
      { ...plain, ...message },
      (userId) => userId === ben,
    )
    expect(decided).toBe(kind)
  })
})

const words: [text: string, word: string, isThere: boolean][] = [
  ['the boat is early', 'boat', true],
  ['The BOAT.', 'boat', true],
  ['boats', 'boat', false],
  ['steamboat', 'boat', false],
  ['steamboat, boat', 'boat', true],
  ['the supply boat', 'supply boat', true],
  ['über alles', 'ÜBER', true],
  ['cafe\u0301', 'café', true],
  ['café', 'caf', false],
  ['C++ or C', 'c++', true],
  ['会議は三時', '会議', true],
  ['', 'boat', false],
  ['𝒳boat', 'boat', false],
]

test.each(words)('a word is found as a whole, whatever its case: %s, %s', (text, word, isThere) => {
  expect(containsWord(text, word)).toBe(isThere)
})
