/** How the rows of the tables of rights are put together. For tests. */
import type { Persona, Subject } from './role-stage.ts'

type SignedIn = Exclude<Persona, 'deactivated' | 'nobody'>
type Outcomes = Record<SignedIn, string>

export interface RouteRight {
  /** Of a public channel; whoever is not in a private one gets `not_found` instead. */
  outcomes: Outcomes
  /** What the deactivated and people who are not signed in get. */
  others: string
  body?: (subject: Subject, asker: string, messageId: string) => unknown
  /** A message is posted in the conversation first; `body` gets its id. */
  withMessage?: true
  query?: string
  /** For `{userId}`, and for `{id}` of a person; the member of the subject when left out. */
  userId?: (subject: Subject, asker: string) => string
  /** The asker has to be signed in again afterwards. */
  endsSession?: true
}

const everybody: Outcomes = {
  owner: 'yes',
  admin: 'yes',
  outsider: 'yes',
  guest: 'yes',
  guestInside: 'yes',
  channelOwner: 'yes',
  channelAdmin: 'yes',
  channelMember: 'yes',
}

/** The same for all, but some. */
export function all(outcome: string, but: Partial<Outcomes> = {}): Outcomes {
  const same = Object.fromEntries(Object.keys(everybody).map((persona) => [persona, outcome]))
  return { ...everybody, ...same, ...but }
}

type Rest = Omit<RouteRight, 'outcomes' | 'others'>

export function signedIn(outcomes: Outcomes, rest: Rest = {}): RouteRight {
  return { outcomes, others: 'unauthenticated', ...rest }
}

export function anybody(outcome: string, rest: Rest = {}): RouteRight {
  return { outcomes: all(outcome), others: outcome, ...rest }
}

export const yes = all('yes')
export const managers = all('forbidden', { owner: 'yes', admin: 'yes' })
export const readers = all('yes', { guest: 'not_found' })
/** Those who run the channel or the workspace. */
export const channelManagers = all('forbidden', {
  ...{ owner: 'yes', admin: 'yes', channelOwner: 'yes', channelAdmin: 'yes' },
  guest: 'not_found',
})
export const writers = all('yes', {
  ...{ owner: 'not_member', admin: 'not_member', outsider: 'not_member', guest: 'not_found' },
})
export const participants = all('not_found', { channelOwner: 'yes', channelMember: 'yes' })
export const stranger = ({ strangerId }: Subject): string => strangerId
export const oneself = (_: Subject, asker: string): string => asker
