import { expect, test } from 'vitest'
import type { User } from '../../../shared/api/users.ts'
import { userIdSchema, type UserId } from '../../../shared/ids.ts'
import { mentionNames } from './mention-names.ts'
import { plainText, storeMentions, typeMentions } from './mentions.ts'

const sam = userIdSchema.parse('0193a000-0000-7000-8000-000000000001')
const otherSam = userIdSchema.parse('0193a000-0000-7000-8000-000000000002')
const here = userIdSchema.parse('0193a000-0000-7000-8000-000000000003')

test.for([
  ['@here and @channel.', '<@here> and <@channel>.'],
  ['(@here)', '(<@here>)'],
  ['say it to @Sam, please', `say it to <@${sam}>, please`],
  ['@Sam\n@Sam', `<@${sam}>\n<@${sam}>`],
  ['a tick ` alone, @here', 'a tick ` alone, <@here>'],
  ['a tick ` alone\n\n@here and ` another', 'a tick ` alone\n\n<@here> and ` another'],
  ['\\`@here\\`', '\\`<@here>\\`'],
  ['```\n@here\n```\n@here', '```\n@here\n```\n<@here>'],
])('what is typed as a name is stored as a mention: %j', ([typed = '', stored]) => {
  expect(storeMentions(typed, { Sam: sam })).toBe(stored)
})

test.for([
  'write to bo@here.example or to bo.@channel.example',
  'thousands of @heretics, and @channels',
  'the decorator `@here` and ``a ` and @Sam``',
  'the two lines `@here\n@Sam`',
  '```ts\n@here\nclass Sam {}\n```',
  '~~~\n@Sam\n\n```\n@here\n~~~',
  '```\n@here, and nobody closes it',
  'https://social.example/@Sam and http://x.example/?to=@here',
])('addresses, code and longer words hold no mention: %j', (typed) => {
  expect(storeMentions(typed, { Sam: sam })).toBe(typed)
})

test('people who share a name are mentioned each by a name of their own', () => {
  const names = mentionNames([
    person(otherSam, 'Samuel', { displayName: 'Sam', createdAt: 2 }),
    person(sam, 'Sam', { createdAt: 1 }),
    person(here, 'here', { createdAt: 3 }),
  ])
  expect([...names.values()].map(({ name }) => name)).toEqual(['Sam', 'Sam (2)', 'here (2)'])
  expect([...names.values()].map(({ isShared }) => isShared)).toEqual([true, true, false])

  const stored = `<@${otherSam}> and <@${sam}>, are you <@here> or <@${here}>?`
  const { text, mentions } = typeMentions(stored, (id) => names.get(id)?.name ?? '')
  expect(text).toBe('@Sam (2) and @Sam, are you @here or @here (2)?')
  expect(storeMentions(text, mentions)).toBe(stored)
})

test('nobody takes the name of somebody who is literally called with a number', () => {
  const names = mentionNames([
    person(sam, 'Sam', { createdAt: 1 }),
    person(otherSam, 'Sam', { createdAt: 2 }),
    person(here, 'Sam (2)', { createdAt: 3 }),
  ])
  expect([...names.values()].map(({ name }) => name)).toEqual(['Sam', 'Sam (3)', 'Sam (2)'])
})

test('content is copied and read aloud with names instead of ids', () => {
  const content = `<@${sam}> told <@here> and <@channel> of a < b and <@nobody>`
  expect(plainText(content, () => 'Sam')).toBe(
    '@Sam told @here and @channel of a < b and <@nobody>',
  )
})

function person(id: UserId, name: string, rest: Partial<User>): User {
  return {
    id,
    name,
    displayName: null,
    avatarUrl: null,
    bio: null,
    role: 'MEMBER',
    isActive: true,
    status: { status: 'ONLINE', text: null, emoji: null, expiresAt: null },
    lastSeenAt: null,
    createdAt: 0,
    ...rest,
  }
}
