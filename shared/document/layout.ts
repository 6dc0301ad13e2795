/** The root maps of a conversation document; each is a Y.Map of plain JSON values. */
import type * as Y from 'yjs'

export const rootNames = ['messages', 'reactions', 'pins', 'meta'] as const
export type RootName = (typeof rootNames)[number]

export function isRootName(name: string): name is RootName {
  return (rootNames as readonly string[]).includes(name) // else only its own words may be asked for
}

/** A root map; defining it on the document if need be, which changes nothing in its content. */
export function rootMap(document: Y.Doc, root: RootName): Y.Map<unknown> {
  return document.getMap(root)
}
