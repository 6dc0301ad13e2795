import { describe, expect, test } from 'vitest'
import { ada, ben } from '../testing/updates.ts'
import { readMentions } from './mentions.ts'

const cases: [content: string, named: string[]][] = [
  ['nobody at all', []],
  [`<@${ada}>, look`, [ada]],
  [`<@${ada}> <@${ben}> <@${ada}>`, [ada, ben]],
  ['<@channel> and <@here>', ['channel', 'here']],
  ['<@everyone> <@> <@ here> @here', []],
  ['<@0193a5a0-0000-4000-8000-000000000001>', []],
  [`\`<@${ada}>\` means Ada`, []],
  [`a tick \` alone, <@${ada}>`, [ada]],
  [`\`\`a \` <@${ada}>\`\` <@${ben}>`, [ben]],
  [`a \\\`<@${ada}>\\\``, [ada]],
  [`\`begun\n\n<@${ada}>\``, [ada]],
  [`\`\`\`\n<@${ada}>\n\`\`\`\n<@${ben}>`, [ben]],
  [`~~~ts\n<@${ada}>\n~~\n~~~~\n<@${ben}>`, [ben]],
  [`\`\`\`\n<@${ada}> and no end`, []],
  [`\`\`\`<@${ada}>\`\`\` <@${ben}>`, [ben]],
]

describe('whom a message names', () => {
  test.each(cases)('%s', (content, named) => {
    const { userIds, groups } = readMentions(content)
    expect([...userIds, ...groups]).toEqual(named)
  })

  test('is found in hostile content, too, and before the test runs out of time', () => {
    const ticks = Array.from({ length: 170 }, (_, length) => '`'.repeat(length)).join(' ')
    for (const content of [ticks, '`'.repeat(16_000), '` '.repeat(8_000), '<@'.repeat(8_000)]) {
      expect(readMentions(`<@here>${content}`).groups.size).toBe(1)
    }
  })
})
