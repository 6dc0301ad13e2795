/**
 * What each route answers to each role: `yes`, or the code of the no. A test walks every route of
 * the OpenAPI document through it, and fails for a route that has no row. For tests.
 */
import type { Persona, RoleStage, Subject } from './role-stage.ts'

type SignedIn = Exclude<Persona, 'deactivated' | 'nobody'>
type Outcomes = Record<SignedIn, string>

export interface RouteRight {
  /** Of a public channel; whoever is not in a private one gets `not_found` instead. */
  outcomes: Outcomes
  /** What the deactivated and people who are not signed in get. */
  others: string
  body?: (subject: Subject, asker: string) => unknown
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
function all(outcome: string, but: Partial<Outcomes> = {}): Outcomes {
  const same = Object.fromEntries(Object.keys(everybody).map((persona) => [persona, outcome]))
  return { ...everybody, ...same, ...but }
}

type Rest = Omit<RouteRight, 'outcomes' | 'others'>

function signedIn(outcomes: Outcomes, rest: Rest = {}): RouteRight {
  return { outcomes, others: 'unauthenticated', ...rest }
}

function anybody(outcome: string, rest: Rest = {}): RouteRight {
  return { outcomes: all(outcome), others: outcome, ...rest }
}

const yes = all('yes')
const managers = all('forbidden', { owner: 'yes', admin: 'yes' })
const readers = all('yes', { guest: 'not_found' })
/** Those who run the channel or the workspace. */
const channelManagers = all('forbidden', {
  ...{ owner: 'yes', admin: 'yes', channelOwner: 'yes', channelAdmin: 'yes' },
  guest: 'not_found',
})
const writers = all('yes', {
  ...{ owner: 'not_member', admin: 'not_member', outsider: 'not_member', guest: 'not_found' },
})
const participants = all('not_found', { channelOwner: 'yes', channelMember: 'yes' })
const stranger = ({ strangerId }: Subject): string => strangerId
const oneself = (_: Subject, asker: string): string => asker

/** A route that is asked in several ways has several rows, told apart by what follows `#`. */
export const routeRights: Record<string, RouteRight> = {
  'GET /health': anybody('yes'),
  'GET /workspace': anybody('yes'),
  'POST /workspace/sample': signedIn(all('forbidden', { owner: 'conflict' })),

  'GET /workspace/settings': signedIn(yes),
  'PATCH /workspace/settings': signedIn(managers, { body: () => ({ retentionDays: 30 }) }),

  'POST /auth/sign-up/email': anybody('invalid_request', { body: () => ({ email: 'x' }) }),
  'POST /auth/sign-in/email': anybody('unauthenticated', {
    body: () => ({ email: 'nobody@example.test', password: 'not the password' }),
  }),
  'POST /auth/claim': anybody('not_found', {
    body: () => ({ token: 'unknown', password: 'a long password' }),
  }),
  'POST /auth/sign-out': { ...anybody('yes', { body: () => ({}) }), endsSession: true },
  'GET /auth/list-sessions': signedIn(yes),
  'POST /auth/revoke-session': signedIn(yes, { body: () => ({ token: 'unknown' }) }),
  'POST /auth/revoke-other-sessions': signedIn(yes, { body: () => ({}) }),
  'POST /auth/update-user': signedIn(yes, { body: () => ({ name: 'Me' }) }),
  'POST /auth/change-password': signedIn(yes, {
    body: () => ({
      currentPassword: 'correct horse battery',
      newPassword: 'correct horse battery',
    }),
  }),

  'GET /users': signedIn(yes),
  'GET /users/me': signedIn(yes),
  'GET /users/{id}': signedIn(yes),
  'POST /users': signedIn(managers, {
    body: ({ slug }) => ({ email: `${slug}@example.test`, name: 'New' }),
  }),
  'PATCH /users/{id}': signedIn(managers, { body: () => ({ name: 'Other' }) }),
  'PATCH /users/{id}#own profile': signedIn(yes, { userId: oneself, body: () => ({ bio: 'Me' }) }),
  'PATCH /users/{id}#role': signedIn(managers, { body: () => ({ role: 'GUEST' }) }),
  'PATCH /users/{id}#to owner': signedIn(all('forbidden', { owner: 'yes' }), {
    body: () => ({ role: 'OWNER' }),
  }),
  'PATCH /users/{id}/status': signedIn(all('forbidden'), { body: () => ({ status: 'AWAY' }) }),
  'PATCH /users/{id}/status#own': signedIn(yes, {
    ...{ userId: oneself, body: () => ({ status: 'AWAY' }) },
  }),
  'DELETE /users/{id}': signedIn(managers),
  'POST /users/{id}/reactivate': signedIn(managers),
  'POST /users/{id}/claim-link': signedIn(managers),
  'GET /users/{id}/export': signedIn(all('forbidden', { owner: 'yes' })),
  'GET /users/{id}/export#own': signedIn(yes, { userId: oneself }),
  'POST /users/{id}/erase#somebody else named': signedIn(
    all('forbidden', { owner: 'invalid_request' }),
    { body: () => ({ confirm: 'nobody@example.test' }) },
  ),
  'GET /audit-logs': signedIn(managers),
  'GET /tokens': signedIn(yes),
  'POST /tokens': signedIn(yes, { body: () => ({ name: 'bot', expiresAt: 8e15 }) }),
  "DELETE /tokens/{id}#somebody else's": signedIn(all('not_found')),

  'GET /channels': signedIn(yes),
  'POST /channels': signedIn(all('yes', { guest: 'forbidden', guestInside: 'forbidden' }), {
    body: ({ slug }) => ({ name: 'New', slug: `new-${slug}` }),
  }),
  'GET /channels/{id}': signedIn(readers),
  'PATCH /channels/{id}': signedIn(channelManagers, { body: () => ({ name: 'Other' }) }),
  'PATCH /channels/{id}#posting': signedIn(channelManagers, {
    body: () => ({ posting: 'ADMINS' }),
  }),
  'PATCH /channels/{id}#retention': signedIn(channelManagers, {
    body: () => ({ retentionDays: 30 }),
  }),
  'PATCH /channels/{id}#place': signedIn(
    all('forbidden', { owner: 'yes', admin: 'yes', guest: 'not_found' }),
    { body: ({ categoryId }) => ({ categoryId, position: 0 }) },
  ),
  'DELETE /channels/{id}': signedIn(channelManagers),
  'GET /channel-categories': signedIn(yes),
  'POST /channel-categories': signedIn(managers, { body: () => ({ name: 'Work' }) }),
  'PATCH /channel-categories/{id}': signedIn(managers, { body: () => ({ position: 0 }) }),
  'DELETE /channel-categories/{id}': signedIn(managers),

  'GET /channels/{id}/members': signedIn(readers),
  'GET /channels/{id}/members/{userId}': signedIn(readers),
  'POST /channels/{id}/members#oneself': signedIn(readers, {
    body: (_, asker) => ({ userId: asker }),
  }),
  'POST /channels/{id}/members#somebody else': signedIn(
    all('yes', {
      ...{ owner: 'forbidden', admin: 'forbidden', outsider: 'forbidden' },
      ...{ guest: 'not_found', guestInside: 'forbidden' },
    }),
    { body: (subject) => ({ userId: stranger(subject) }) },
  ),
  'PATCH /channels/{id}/members/{userId}#to admin': signedIn(channelManagers, {
    body: () => ({ role: 'ADMIN' }),
  }),
  'PATCH /channels/{id}/members/{userId}#to owner': signedIn(
    all('forbidden', { owner: 'yes', channelOwner: 'yes', guest: 'not_found' }),
    { body: () => ({ role: 'OWNER' }) },
  ),
  "PATCH /channels/{id}/members/{userId}#another's wishes": signedIn(
    all('forbidden', { guest: 'not_found' }),
    { body: () => ({ muted: true }) },
  ),
  'PATCH /channels/{id}/members/{userId}#own wishes': signedIn(
    all('yes', {
      ...{ owner: 'not_found', admin: 'not_found', outsider: 'not_found', guest: 'not_found' },
    }),
    { userId: oneself, body: () => ({ muted: true, notifyLevel: 'NOTHING' }) },
  ),
  'DELETE /channels/{id}/members/{userId}': signedIn(channelManagers),

  'GET /channels/{id}/messages': signedIn(readers),
  'GET /channels/{id}/messages/{messageId}': signedIn(readers),
  'POST /channels/{id}/messages': signedIn(writers, { body: () => ({ content: 'Hello' }) }),

  'GET /dm': signedIn(yes),
  'POST /dm': signedIn(yes, { body: (subject) => ({ participantIds: [stranger(subject)] }) }),
  'GET /dm/{id}': signedIn(participants),
  'GET /dm/{id}/messages': signedIn(participants),
  'GET /dm/{id}/messages/{messageId}': signedIn(participants),
  'POST /dm/{id}/messages': signedIn(participants, { body: () => ({ content: 'Hello' }) }),
}

/** The path of a row, with what it asks about filled in. */
export async function fillPath(
  { post, startDm }: Pick<RoleStage, 'post' | 'startDm'>,
  template: string,
  { subject, userId }: { subject: Subject; userId: string },
): Promise<string> {
  const ids: Record<string, string> = {
    users: userId,
    channels: subject.channelId,
    'channel-categories': subject.categoryId,
    // No token has the id of a channel.
    tokens: subject.channelId,
  }
  const kind = template.split('/')[1] ?? ''
  const id = kind === 'dm' && template.includes('{id}') ? await startDm() : (ids[kind] ?? '')
  const filled = template.replace('{id}', id).replace('{userId}', userId)
  if (!filled.includes('{messageId}')) return filled
  const messages = filled.slice(0, filled.indexOf('/messages/') + '/messages'.length)
  return filled.replace('{messageId}', await post(messages))
}
