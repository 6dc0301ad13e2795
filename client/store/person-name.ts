/** How people are called on the screen. Pure. */
import type { Dm } from '../../shared/api/dms.ts'
import type { User } from '../../shared/api/users.ts'
import type { UserId } from '../../shared/ids.ts'

/** Who is not known yet, or any more, still has a place in the text. */
const UNKNOWN = 'Somebody'

export function nameOf(userId: UserId, byId: ReadonlyMap<UserId, User>): string {
  const user = byId.get(userId)
  return user?.displayName ?? user?.name ?? UNKNOWN
}

/** A DM is called by the others in it; one with oneself by one's own name. */
export function dmName(dm: Dm, me: UserId, byId: ReadonlyMap<UserId, User>): string {
  const others = dm.participantIds.filter((id) => id !== me)
  if (others.length === 0) return `${nameOf(me, byId)} (you)`
  return others.map((id) => nameOf(id, byId)).join(', ')
}
