/**
 * Bytes of a file -> JSON value, or what is wrong and where. Refuses text nested so deep that code
 * which walks the value would run out of stack. Never throws.
 */
import { findJsonFault } from './find-json-fault.ts'

export type JsonText =
  | { isParsed: true; value: unknown }
  | { isParsed: false; problem: string; line?: number; column?: number }

/** Slack's own files nest rich text about ten deep. */
const MAX_DEPTH = 100

const utf8 = new TextDecoder('utf-8', { fatal: true })

export function parseJsonText(bytes: Uint8Array): JsonText {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return { isParsed: false, problem: 'is not UTF-8 text' }
    throw error
  }
  const tooDeepAt = findExcessiveDepth(text)
  if (tooDeepAt !== undefined) {
    return { isParsed: false, problem: 'is nested too deep', ...placeOf(text, tooDeepAt) }
  }
  try {
    return { isParsed: true, value: JSON.parse(text) }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const at = findJsonFault(text)
    return { isParsed: false, problem: 'is not valid JSON', ...placeOf(text, at) }
  }
}

function findExcessiveDepth(text: string): number | undefined {
  let depth = 0
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]
    if (character === '"') {
      index = endOfString(text, index)
    } else if (character === '[' || character === '{') {
      depth += 1
      if (depth > MAX_DEPTH) return index
    } else if (character === ']' || character === '}') {
      depth -= 1
    }
  }
  return undefined
}

function endOfString(text: string, start: number): number {
  let index = start + 1
  while (index < text.length && text[index] !== '"') index += text[index] === '\\' ? 2 : 1
  return index
}

function placeOf(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index)
  return { line: before.split('\n').length, column: index - before.lastIndexOf('\n') }
}
