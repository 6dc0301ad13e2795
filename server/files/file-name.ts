/** A name that somebody gave a file -> one that does no harm on any disk, screen or command line. */

const MAX_NAME_BYTES = 200
const MAX_EXTENSION_LENGTH = 20
const FALLBACK = 'file'

/** Control characters, and those that turn the direction of text around or cannot be seen. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu
/** What some file system, shell or header gives a meaning. */
const SPECIAL = /[<>:"|?*\\/;`$%]/g
/** Names of devices on Windows, whatever their extension. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

export function sanitizeFileName(given: string): string {
  const base = given.split(/[/\\]/).at(-1) ?? ''
  const visible = base.normalize('NFC').replace(INVISIBLE, '').replace(SPECIAL, '_')
  const trimmed = visible.replaceAll(/\s+/gu, ' ').replace(/^[\s.]+|[\s.]+$/gu, '')
  const name = DEVICE.test(trimmed) ? `_${trimmed}` : trimmed
  return shorten(name) || FALLBACK
}

/** Cuts the middle out, so that the extension stays; never within a character. */
function shorten(name: string): string {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name
  const dot = name.lastIndexOf('.')
  const hasExtension = dot > 0 && name.length - dot <= MAX_EXTENSION_LENGTH
  const extension = hasExtension ? name.slice(dot) : ''
  let kept = ''
  let room = MAX_NAME_BYTES - Buffer.byteLength(extension)
  for (const character of name.slice(0, name.length - extension.length)) {
    room -= Buffer.byteLength(character)
    if (room < 0) break
    kept += character
  }
  return kept.trimEnd() + extension
}
