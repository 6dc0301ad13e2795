/** How many reactions each person will have given to a message once an update is applied. Pure. */
import type * as Y from 'yjs'
import type { KeyChain } from '../document/key-chain.ts'
import { rootMap } from '../document/layout.ts'

/** The answer's key is that of a reaction without its emoji: `<messageId>/<userId>`. */
export type ReactionCount = (giver: string) => number

/** Looks through the document at the first question, and then only for what the update touches. */
export function createReactionCount(document: Y.Doc, touched: readonly KeyChain[]): ReactionCount {
  let counts: Map<string, number> | undefined
  return (giver) => {
    counts ??= countReactions(document, touched)
    return counts.get(giver) ?? 0
  }
}

function countReactions(document: Y.Doc, touched: readonly KeyChain[]): Map<string, number> {
  const chains = touched.filter(({ root }) => root === 'reactions')
  const counts = new Map(chains.map(({ key }): [string, number] => [giverOf(key), 0]))
  const add = (giver: string, count: number): void => {
    const known = counts.get(giver)
    if (known !== undefined) counts.set(giver, known + count)
  }
  for (const key of rootMap(document, 'reactions').keys()) add(giverOf(key), 1)
  for (const { key, before, after } of chains) {
    add(giverOf(key), Number(after() !== undefined) - Number(before !== undefined))
  }
  return counts
}

export function giverOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'))
}
