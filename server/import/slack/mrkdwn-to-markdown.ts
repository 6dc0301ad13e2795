/**
 * Slack's mrkdwn -> Markdown that shows the same: code blocks first, then quotes, then each line.
 * Pure; throws at no text, changes no character inside code, loses no visible one.
 */
import { toCleanText } from '../text/clean-text.ts'
import { decodeCode, tokenize, type MrkdwnNames, type Token } from './mrkdwn-tokens.ts'
import { writeInline } from './write-inline.ts'

interface Block {
  kind: 'text' | 'quote' | 'code'
  lines: string[]
}

/** Converts one text of Slack's as its exports have it, with `&amp;`, `&lt;` and `&gt;`. */
export function mrkdwnToMarkdown(text: string, names: MrkdwnNames): string {
  const blocks: Block[] = []
  let quotesRest = false
  let rest = toCleanText(text)
  for (;;) {
    const fence = /```([^]+?)```/.exec(rest)
    const before = fence === null ? rest : rest.slice(0, fence.index)
    quotesRest = addText(blocks, before.replace(/\n[ \t]*$/, ''), { names, quotesRest })
    if (fence === null) break
    const [whole, code = ''] = fence
    const lines = decodeCode(code.replace(/^\n|\n$/g, ''), names).split('\n')
    blocks.push({ kind: 'code', lines: ['```', ...lines, '```'] })
    if (quotesRest) blocks.push({ kind: 'quote', lines: blocks.pop()?.lines ?? [] })
    rest = rest.slice(fence.index + whole.length).replace(/^[ \t]*\n/, '')
  }
  return joinBlocks(blocks)
}

function addText(
  blocks: Block[],
  text: string,
  { names, quotesRest }: { names: MrkdwnNames; quotesRest: boolean },
): boolean {
  if (text.trim() === '') return quotesRest
  let quotesAll = quotesRest
  for (const line of text.split('\n')) {
    const mark = quotesAll ? '' : (/^(?:(?:&gt;|>){3}|&gt;|>) ?/.exec(line)?.[0] ?? '')
    if (/^(?:&gt;|>){3}/.test(mark)) quotesAll = true
    const kind = quotesAll || mark !== '' ? 'quote' : 'text'
    const markdown = writeLine(line.slice(mark.length), names)
    const last = blocks.at(-1)
    if (last?.kind === kind) last.lines.push(markdown)
    else blocks.push({ kind, lines: [markdown] })
  }
  return quotesAll
}

function writeLine(line: string, names: MrkdwnNames): string {
  const [indent = ''] = /^[ \t]*/.exec(line) ?? []
  const body = line.slice(indent.length).trimEnd()
  const tokens = tokenize(body, names)
  const hasLinkSyntax = /\](?:\(|\[|:)/.test(body)
  const hasAt = tokens.some((token) => token.kind === 'character' && token.text === '@')
  const escapeAt = findBlockMark(tokens)
  const markdown = writeInline(tokens, { hasLinkSyntax, hasAt, escapeAt })
  return keepIndent(indent) + markdown
}

/** Four spaces would make a code block of what is none; spaces that do not break look the same. */
function keepIndent(indent: string): string {
  const width = indent.replaceAll('\t', '    ')
  return width.length < 4 ? width : '\u00a0'.repeat(width.length)
}

/**
 * The character that makes Markdown see a heading, a rule, a numbered list, a table or a nested
 * quote where Slack shows the line as it is. Lists with `-`, `*` and `+` may become lists.
 */
function findBlockMark(tokens: readonly Token[]): number | undefined {
  // Anything but a character hides what follows from Markdown's view of how the line begins.
  const start = tokens.map((token) => (token.kind === 'character' ? token.text[0] : '\u0001'))
  const line = start.join('')
  if (/^(?:#{1,6}(?:\s|$)|>|[-+*]$)/.test(line)) return 0
  if (/^([-*_])(?:\s*\1){2,}\s*$/.test(line)) return 0
  // A list's item may hold any block; one that looks like more than text is no item.
  if (/^[-+*]\s(?:\s|[-+*_#>=:|]|[0-9]+[.)]|\[[ xX]\])/.test(line)) return 0
  const number = /^[0-9]{1,9}(?=[.)](?:\s|$))/.exec(line)
  if (number !== null) return number[0].length
  if (/^[-=:|\s]+$/.test(line)) {
    const dash = line.search(/[-=]/)
    return dash < 0 ? undefined : dash
  }
  return undefined
}

function joinBlocks(blocks: readonly Block[]): string {
  let markdown = ''
  blocks.forEach((block, index) => {
    // A line behind a quote would be drawn into it.
    if (index > 0) markdown += blocks[index - 1]?.kind === 'quote' ? '\n\n' : '\n'
    const prefix = block.kind === 'quote' ? '> ' : ''
    markdown += block.lines
      .map((line) => (line === '' ? prefix.trimEnd() : prefix + line))
      .join('\n')
  })
  return markdown
}
