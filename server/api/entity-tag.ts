/**
 * The `ETag` of a message is its version: it stands for the words, which `If-Match` guards. Pure.
 * A proxy or the compression of an answer may have made it a weak one, so both forms count.
 */
const ENTITY_TAG = /^(?:W\/)?"([1-9][0-9]{0,8})"$/

export function formatEntityTag(version: number): string {
  return `"${version}"`
}

/** The versions that an `If-Match` header allows; undefined when it allows any. */
export function parseIfMatch(header: string | undefined): number[] | undefined {
  if (header === undefined || header.trim() === '*') return undefined
  return header.split(',').flatMap((tag) => {
    const version = ENTITY_TAG.exec(tag.trim())?.[1]
    return version === undefined ? [] : [Number(version)]
  })
}
