import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emojiSchema } from '../../../shared/records/emoji.ts'
import { loadSlackEmoji } from './slack-emoji.ts'

const emoji = loadSlackEmoji()

test.each([
  ['+1', '👍'],
  ['thumbsup', '👍'],
  ['+1::skin-tone-2', '👍🏻'],
  ['wave::skin-tone-6', '👋🏿'],
  ['heart', '❤️'],
  ['tada', '🎉'],
  ['flag-de', '🇩🇪'],
  ['female-technologist::skin-tone-4', '👩🏽‍💻'],
  ['simple_smile', '🙂'],
  ['tada::skin-tone-3', '🎉'],
  ['party-llama', ':party-llama:'],
  ['PartyLlama', ':partyllama:'],
  ['größe', ':gruf6udfe:'],
])('the reaction %s is %s', (name, expected) => {
  expect(emoji.ofReaction(name)).toBe(expected)
})

test('whatever a reaction is called, it can be kept', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), (name) => {
      expect(emojiSchema.safeParse(emoji.ofReaction(name)).success).toBe(true)
    }),
  )
})
