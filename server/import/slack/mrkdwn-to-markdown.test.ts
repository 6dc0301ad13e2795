import fc from 'fast-check'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import ReactMarkdown from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { describe, expect, test } from 'vitest'
import { mrkdwnToMarkdown } from './mrkdwn-to-markdown.ts'
import { decodeEntities, type MrkdwnNames } from './mrkdwn-tokens.ts'

const names: MrkdwnNames = {
  mention: (id) => (id === 'U1' ? '<@ada>' : undefined),
  personName: (id) => (id === 'U1' ? 'Ada' : undefined),
  channelName: (id) => (id === 'C1' ? 'general' : undefined),
  emoji: (name) => (name === 'tada' ? '🎉' : undefined),
}
const convert = (text: string): string => mrkdwnToMarkdown(text, names)

/** What a browser shows of Markdown, by the very renderer that the client uses. */
function htmlOf(markdown: string): string {
  const element = createElement(ReactMarkdown, { remarkPlugins: [remarkGfm] }, markdown)
  return renderToStaticMarkup(element)
}

function visibleText(markdown: string): string {
  return decodeEntities(
    htmlOf(markdown)
      .replace(/<[^>]*>/g, '')
      .replaceAll('&quot;', '"')
      .replaceAll('&#x27;', "'"),
  )
}

describe('formatting', () => {
  test.each([
    ['*bold*', '**bold**'],
    ['_italic_ and ~gone~', '_italic_ and ~~gone~~'],
    ['*_both_*', '**_both_**'],
    ['*a* *b*', '**a** **b**'],
    ['(*a*), *b*.', '(**a**), **b**.'],
    ['`*code*`', '`*code*`'],
    ['*see `x * y`*', '**see `x * y`**'],
    ['a*b*c', 'a\\*b\\*c'],
    ['2 * 3 * 4', '2 * 3 * 4'],
    ['snake_case_name', 'snake_case_name'],
    ['*not\nbold*', '\\*not\nbold\\*'],
    ['* not bold*', '* not bold\\*'],
    ['~/bin and ~/lib', '\\~/bin and \\~/lib'],
    [':tada: :nothing: 10:30:45', '🎉 :nothing: 10:30:45'],
  ])('%j -> %j', (slack, markdown) => expect(convert(slack)).toBe(markdown))
})

describe('names and links', () => {
  test.each([
    ['<@U1> hi', '<@ada> hi'],
    ['<@U2> hi', '@U2 hi'],
    ['<@U2|bob> hi', '@bob hi'],
    ['<!here> <!channel> <!everyone>', '<@here> <@channel> <@channel>'],
    ['<!subteam^S1|@ops>', '@ops'],
    ['<!date^1392734382^{date}|Feb 18>', 'Feb 18'],
    ['<#C1> <#C2|random> <#C3>', '\\#general \\#random \\#C3'],
    ['<https://a.b/?x=1&amp;y=2>', '<https://a.b/?x=1&y=2>'],
    ['<https://a.b|label>', '[label](<https://a.b>)'],
    ['<https://a.b/(x)|a [b] *c*>', '[a \\[b\\] \\*c\\*](<https://a.b/(x)>)'],
    ['<mailto:a@b.c|a@b.c>', '<mailto:a@b.c>'],
    ['<javascript:alert(1)|click>', 'click (javascript:alert(1))'],
    ['(see https://a.b/c_d.)', '(see <https://a.b/c_d>.)'],
    ['wow!<https://a.b|x>', 'wow\\![x](<https://a.b>)'],
    ['`<https://a.b> <@U1> <!here>`', '`https://a.b @Ada @here`'],
  ])('%j -> %j', (slack, markdown) => expect(convert(slack)).toBe(markdown))

  test('what was typed to look like a mention mentions nobody', () => {
    expect(convert('&lt;@here&gt; &lt;@U1&gt;')).toBe('&lt;@here> &lt;@U1>')
  })
})

describe('blocks', () => {
  test.each([
    ['a ```x``` b', 'a\n```\nx\n```\n b'],
    ['```\na\n\n  *b* &lt;c&gt;  \n```', '```\na\n\n  *b* <c>  \n```'],
    ['```js\nx```', '```\njs\nx\n```'],
    ['&gt; quote\ntext', '> quote\n\ntext'],
    ['&gt;&gt;&gt; one\ntwo', '> one\n> two'],
    ['# no heading', '\\# no heading'],
    ['text\n---', 'text\n\\---'],
    ['text\n===', 'text\n\\==='],
    ['3. three\n7. seven', '3\\. three\n7\\. seven'],
    ['- a\n- b', '- a\n- b'],
    ['    four spaces', '\u00a0\u00a0\u00a0\u00a0four spaces'],
    ['``` unclosed', '\\`\\`\\` unclosed'],
    ['a\r\nb\u0000c', 'a\nbc'],
  ])('%j -> %j', (slack, markdown) => expect(convert(slack)).toBe(markdown))
})

const encode = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const markup = fc.constantFrom(
  ...['*', '_', '~', '`', '```', '\\', '[', ']', '](', '!', '#', '# ', '>', '<', '&', '|', '-'],
  ...[
    '--',
    '=',
    '\n',
    '\n\n',
    ' ',
    '    ',
    '1.',
    '1. ',
    '+ ',
    'a',
    'b c',
    '@here',
    'é',
    '漢',
    '🎉',
  ],
  ...[
    'www.a.b',
    'http://a.b',
    'x@y.z',
    '&amp;',
    '<b>',
    ':tada:',
    '[x]: y',
    '^',
    '|-|-|',
    'ab',
    '\t',
    '$',
    '(',
    ')',
    '.',
  ],
)
const messy = fc.array(markup, { maxLength: 14 }).map((parts) => parts.join(''))

test('any text at all is converted, and half characters never come out', () => {
  fc.assert(
    fc.property(fc.oneof(messy, fc.string({ unit: 'binary' }), fc.string()), (text) => {
      expect(convert(text).isWellFormed()).toBe(true)
    }),
    { numRuns: 3_000 },
  )
})

test('no letter, digit or sign that somebody wrote is lost on the screen', () => {
  const withoutMarks = (text: string): string =>
    text.replaceAll(':tada:', '🎉').replace(/[\s*_~`>+\u00a0-]/g, '')
  fc.assert(
    fc.property(messy, (text) => {
      const shown = visibleText(convert(encode(text)))
      expect(withoutMarks(shown)).toBe(withoutMarks(text))
    }),
    { numRuns: 5_000 },
  )
})

test('text in code spans and code blocks stays as it is, whatever stands around it', () => {
  const code = fc
    .string({ unit: 'grapheme-ascii', minLength: 1 })
    // What begins like a quote cannot be told from one here.
    .filter((text) => !/[`]|^>/.test(text) && text.trim() === text && text !== '')
  fc.assert(
    fc.property(code, messy, (text, around) => {
      const before = around.replaceAll('`', '')
      expect(convert(`${before}\n\`${encode(text)}\``)).toContain(`\`${text}\``)
      const block = convert(`${before}\n\`\`\`${encode(text)}\n  ${encode(text)}\`\`\``)
      const lines = block.split('\n').map((line) => line.replace(/^> /, ''))
      expect(lines.join('\n')).toContain(`\`\`\`\n${text}\n  ${text}\n\`\`\``)
    }),
    { numRuns: 2_000 },
  )
})

test('a line of forty thousand delimiters takes no time worth naming', () => {
  const started = performance.now()
  for (const text of [
    '*a '.repeat(14_000),
    '*_~'.repeat(14_000),
    '`<'.repeat(20_000),
    `https://${'.'.repeat(40_000)}x`,
  ])
    convert(text)
  expect(performance.now() - started).toBeLessThan(5_000)
})
