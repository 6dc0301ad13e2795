/**
 * Cuts a text that is longer than a message may be into several, at the ends of lines or words,
 * closing a code block at a cut and opening it again behind. Pure; loses no visible character.
 */

/** Room for the fence that closes a code block at a cut, and the one that opens it again. */
const FENCE_ROOM = 16

export function splitContent(content: string, maxLength: number): string[] {
  if (content.length <= maxLength) return [content]
  const parts: string[] = []
  let rest = content
  let isInCode = false
  while (rest.trim() !== '') {
    const opening = isInCode ? '```\n' : ''
    if (opening.length + rest.length <= maxLength) {
      parts.push(opening + rest)
      break
    }
    const at = findCut(rest, maxLength - FENCE_ROOM)
    const piece = rest.slice(0, at)
    const endsInCode = isCodeOpenAfter(piece, isInCode)
    const text = piece.replace(/\n$/, '')
    if (text.trim() !== '') parts.push(opening + text + (endsInCode ? '\n```' : ''))
    rest = rest.slice(at)
    isInCode = endsInCode
  }
  return parts
}

function findCut(text: string, maxLength: number): number {
  const window = text.slice(0, maxLength)
  const line = window.lastIndexOf('\n') + 1
  if (line > maxLength / 2) return line
  const word = window.lastIndexOf(' ') + 1
  if (word > maxLength / 2) return word
  const last = window.charCodeAt(maxLength - 1)
  const isHalf = last >= 0xd800 && last <= 0xdbff
  return isHalf ? maxLength - 1 : maxLength
}

function isCodeOpenAfter(piece: string, wasOpen: boolean): boolean {
  const fences = piece.match(/^```$/gm)?.length ?? 0
  return fences % 2 === 1 ? !wasOpen : wasOpen
}
