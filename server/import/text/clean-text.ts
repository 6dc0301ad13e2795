/** Text from elsewhere -> text as it may be kept: cleaned of what no text needs. Pure. */

const MAX_NAME_LENGTH = 100

/** Line ends of one kind, no control characters, no half of a character. */
export function toCleanText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these very characters are taken out
  const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g
  return text.replace(/\r\n?/g, '\n').replace(control, '').toWellFormed()
}

/** A name on one line, at most so many characters long; empty when nothing of it can be seen. */
export function toCleanName(text: string, maxLength = MAX_NAME_LENGTH): string {
  const words = toCleanText(text).replace(/\s+/g, ' ').trim()
  return Array.from(words).slice(0, maxLength).join('')
}
