/** What is typed after an @ for each person: their name, made distinct where several share it. Pure. */
import type { User } from '../../../shared/api/users.ts'
import type { UserId } from '../../../shared/ids.ts'

/** These names mean groups. */
const TAKEN = ['channel', 'here']

export interface MentionName {
  /** Nobody else's. */
  name: string
  /** Others are called so too: the name alone says too little. */
  isShared: boolean
}

/** Who came first keeps the plain name, the others get a number: `Sam`, `Sam (2)`. */
export function mentionNames(people: readonly User[]): ReadonlyMap<UserId, MentionName> {
  const counts = new Map<string, number>()
  for (const { name, displayName } of people) {
    const shown = displayName ?? name
    counts.set(shown, (counts.get(shown) ?? 0) + 1)
  }
  const inOrder = people.toSorted(
    (one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1),
  )
  const taken = new Set<string>(TAKEN)
  // A plain name is its owner's, even where somebody else is literally called `Sam (2)`.
  const plain = new Set(counts.keys())
  return new Map(
    inOrder.map((user) => {
      const shown = user.displayName ?? user.name
      let name = shown
      for (let number = 2; taken.has(name); number += 1) {
        const numbered = `${shown} (${number})`
        if (!plain.has(numbered)) name = numbered
      }
      taken.add(name)
      return [user.id, { name, isShared: (counts.get(shown) ?? 0) > 1 }]
    }),
  )
}
