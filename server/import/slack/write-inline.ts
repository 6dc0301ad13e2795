/**
 * Tokens of one line -> Markdown: finds Slack's emphasis, writes links, and escapes what Slack
 * shows as it stands but Markdown would read as markup. Pure; takes time in proportion to the line.
 */
import type { Token } from './mrkdwn-tokens.ts'

type Delimiter = '*' | '_' | '~'

const MARKDOWN: Record<Delimiter, string> = { '*': '**', _: '_', '~': '~~' }
/** Schemes that are harmless to open. */
const LINK = /^(?:https?|ftps?|mailto|tel|sip|slack|xmpp):[^\s<>]*$/i

export interface LineContext {
  /** Somewhere in the line stands `](`, `][` or `]:`, so a bracket could become a link. */
  hasLinkSyntax: boolean
  /** Somewhere in the line stands `@`, so `<1@b.c>` could become a link. */
  hasAt: boolean
  /** Index of a character that must be escaped because of where it stands in the line. */
  escapeAt: number | undefined
}

export function writeInline(tokens: readonly Token[], context: LineContext): string {
  const closers = findClosers(tokens)

  function write(from: number, to: number, open: string): string {
    let markdown = ''
    for (let index = from; index < to; index += 1) {
      const delimiter = index === context.escapeAt ? undefined : delimiterAt(tokens, index)
      const isOpener =
        delimiter !== undefined && !open.includes(delimiter) && canOpen(tokens, index, to)
      const close = isOpener ? nextCloser(closers[delimiter], index + 1, to) : undefined
      if (delimiter === undefined || close === undefined) {
        markdown += writeToken(tokens, index, context)
      } else {
        const mark = MARKDOWN[delimiter]
        markdown += mark + write(index + 1, close, open + delimiter) + mark
        index = close
      }
    }
    return markdown
  }

  return write(0, tokens.length, '')
}

function delimiterAt(tokens: readonly Token[], index: number): Delimiter | undefined {
  const token = tokens[index]
  if (token?.kind !== 'character') return undefined
  return token.text === '*' || token.text === '_' || token.text === '~' ? token.text : undefined
}

function canOpen(tokens: readonly Token[], index: number, to: number): boolean {
  const next = tokens[index + 1]
  if (index + 1 >= to || next === undefined || isSpace(next)) return false
  return isBoundary(tokens[index - 1], tokens[index]) && !isSame(next, tokens[index])
}

function canClose(tokens: readonly Token[], index: number): boolean {
  const previous = tokens[index - 1]
  if (previous === undefined || isSpace(previous) || isSame(previous, tokens[index])) return false
  return isBoundary(tokens[index + 1], tokens[index])
}

/** Slack formats whole words only; Markdown's own rules are at least as generous at such places. */
function isBoundary(neighbour: Token | undefined, delimiter: Token | undefined): boolean {
  if (neighbour === undefined) return true
  if (neighbour.kind === 'emoji' || isSame(neighbour, delimiter)) return false
  return neighbour.kind !== 'character' || /^[\s\p{P}\p{S}]$/u.test(neighbour.text)
}

function isSpace(token: Token): boolean {
  return token.kind === 'character' && /^\s$/u.test(token.text)
}

function isSame(one: Token, other: Token | undefined): boolean {
  return one.kind === 'character' && other?.kind === 'character' && one.text === other.text
}

function findClosers(tokens: readonly Token[]): Record<Delimiter, number[]> {
  const closers: Record<Delimiter, number[]> = { '*': [], _: [], '~': [] }
  for (let index = 0; index < tokens.length; index += 1) {
    const delimiter = delimiterAt(tokens, index)
    if (delimiter !== undefined && canClose(tokens, index)) closers[delimiter].push(index)
  }
  return closers
}

/** The first closer behind `after` and before `to`; by halving, as a line may be very long. */
function nextCloser(sorted: readonly number[], after: number, to: number): number | undefined {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) > after) high = middle
    else low = middle + 1
  }
  const found = sorted[low]
  return found !== undefined && found < to ? found : undefined
}

function writeToken(tokens: readonly Token[], index: number, context: LineContext): string {
  const token = tokens[index]
  if (token === undefined) return ''
  if (token.kind === 'mention' || token.kind === 'emoji') return token.text
  if (token.kind === 'code') return writeCode(token.text)
  if (token.kind === 'www') return token.text.replace('.', '\\.')
  if (token.kind === 'plain') return escapeText(token.text)
  if (token.kind === 'link') return writeLink(token.url, token.label)
  if (index === context.escapeAt) return `\\${token.text}`
  return escapeCharacter(token.text, tokens[index - 1], tokens[index + 1], context)
}

function writeCode(code: string): string {
  // Markdown takes one space off both ends.
  const isPadded = /^ .* $/.test(code) && code.trim() !== ''
  return isPadded ? `\` ${code} \`` : `\`${code}\``
}

/** A link as Markdown, its label as text; one that is better not opened stays text. */
export function writeLink(url: string, label: string | undefined): string {
  const target = url.trim().replaceAll(' ', '%20')
  if (!LINK.test(target)) {
    return escapeText(label === undefined || label === url ? url : `${label} (${url})`)
  }
  const isPlain = label === undefined || label === url || `mailto:${label}` === url
  if (isPlain) return `<${target}>`
  const destination = target.replaceAll('\\', '%5C').replace(/&(?=[#a-z0-9]+;)/gi, '&amp;')
  return `[${escapeText(label)}](<${destination}>)`
}

/** Text that stands for itself alone, as Markdown: every character that could be markup escaped. */
export function escapeText(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/[\\`*_~[\]#|>!]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
}

function escapeCharacter(
  character: string,
  previous: Token | undefined,
  next: Token | undefined,
  { hasLinkSyntax, hasAt }: LineContext,
): string {
  switch (character) {
    case '*':
    case '~':
      return isAlone(previous, next) ? character : `\\${character}`
    case '_':
      return isAlone(previous, next) || (isWord(previous) && isWord(next)) ? '_' : '\\_'
    case '`':
      return '\\`'
    case '\\':
      return next?.kind === 'character' && /^[\s\p{L}\p{N}]$/u.test(next.text) ? '\\' : '\\\\'
    case '[':
    case ']':
      return hasLinkSyntax ? `\\${character}` : character
    case '!':
      return next?.kind === 'link' ? '\\!' : '!'
    case '<':
      return !hasAt && next?.kind === 'character' && /^[\s\p{N}]$/u.test(next.text) ? '<' : '&lt;'
    case '&':
      return next?.kind === 'character' && /^[#\p{L}]$/u.test(next.text) ? '&amp;' : '&'
    default:
      return character
  }
}

function isAlone(previous: Token | undefined, next: Token | undefined): boolean {
  return (previous === undefined || isSpace(previous)) && (next === undefined || isSpace(next))
}

function isWord(token: Token | undefined): boolean {
  return token?.kind === 'character' && /^[\p{L}\p{N}]$/u.test(token.text)
}
