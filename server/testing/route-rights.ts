/**
 * What each route answers to each role: `yes`, or the code of the no. A test walks every route of
 * the OpenAPI document through it, and fails for a route that has no row. For tests.
 */
import { conversationRights } from './conversation-rights.ts'
import {
  all,
  anybody,
  channelManagers,
  managers,
  oneself,
  readers,
  signedIn,
  stranger,
  yes,
  type RouteRight,
} from './right-rows.ts'
import type { RoleStage, Subject } from './role-stage.ts'

const mailRequest = (): unknown => ({ email: 'nobody@example.test' })

/** A route that is asked in several ways has several rows, told apart by what follows `#`. */
export const routeRights: Record<string, RouteRight> = {
  'GET /health': anybody('yes'),
  'GET /workspace': anybody('yes'),
  'POST /workspace/sample': signedIn(all('forbidden', { owner: 'conflict' })),

  'GET /email/unsubscribe': anybody('not_found', { query: '?token=x' }),
  'POST /email/unsubscribe': anybody('not_found', { query: '?token=x' }),

  'GET /workspace/settings': signedIn(yes),
  'PATCH /workspace/settings': signedIn(managers, { body: () => ({ retentionDays: 30 }) }),

  'POST /auth/sign-up/email': anybody('invalid_request', { body: () => ({ email: 'x' }) }),
  'POST /auth/sign-in/email': anybody('unauthenticated', {
    body: () => ({ email: 'nobody@example.test', password: 'not the password' }),
  }),
  'POST /auth/request-password-reset': anybody('not_configured', { body: mailRequest }),
  'POST /auth/reset-password': anybody('not_configured', { body: () => ({ token: 'x' }) }),
  'POST /auth/send-verification-email': anybody('not_configured', { body: mailRequest }),
  'GET /auth/verify-email': anybody('not_configured'),
  'POST /auth/sign-in/magic-link': anybody('not_configured', { body: mailRequest }),
  'GET /auth/magic-link/verify': anybody('not_configured'),
  'POST /auth/sign-in/social': anybody('not_configured', { body: () => ({ provider: 'google' }) }),
  'POST /auth/link-social': anybody('not_configured', { body: () => ({ provider: 'google' }) }),
  // Without a provider's name; with one it sends browsers on.
  // Leads to the page that says what went wrong.
  'GET /auth/callback/{id}': anybody('yes'),
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
  "GET /users/{id}/preferences#another's": signedIn(all('forbidden')),
  'GET /users/{id}/preferences#own': signedIn(yes, { userId: oneself }),
  "PATCH /users/{id}/preferences#another's": signedIn(all('forbidden'), {
    body: () => ({ notifyLevel: 'ALL' }),
  }),
  'PATCH /users/{id}/preferences#own': signedIn(yes, {
    ...{ userId: oneself, body: () => ({ notifyLevel: 'ALL' }) },
  }),
  'GET /notifications': signedIn(yes),
  'POST /notifications/read#none': signedIn(all('invalid_request'), { body: () => ({ ids: [] }) }),
  "DELETE /notifications/{id}#another's": signedIn(all('not_found')),
  'GET /push/key': signedIn(yes),
  'POST /push/subscriptions#no address': signedIn(all('invalid_request'), {
    body: () => ({ endpoint: 'x' }),
  }),
  'DELETE /push/subscriptions': signedIn(yes, {
    body: () => ({ endpoint: 'https://push.example/1' }),
  }),
  'GET /users/{id}/export': signedIn(all('forbidden', { owner: 'yes' })),
  'GET /users/{id}/export#own': signedIn(yes, { userId: oneself }),
  'POST /users/{id}/erase#somebody else named': signedIn(
    all('forbidden', { owner: 'invalid_request' }),
    { body: () => ({ confirm: 'nobody@example.test' }) },
  ),
  'GET /audit-logs': signedIn(managers),
  'GET /accounts': signedIn(yes),
  "DELETE /accounts/{id}#somebody else's": signedIn(all('not_found')),
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
  'PATCH /channels/{id}#to private': signedIn(
    all('forbidden', { channelOwner: 'yes', channelAdmin: 'yes', guest: 'not_found' }),
    { body: () => ({ type: 'PRIVATE' }) },
  ),
  'PATCH /channels/{id}#to public': signedIn(
    all('forbidden', { channelOwner: 'yes', guest: 'not_found' }),
    { body: () => ({ type: 'PUBLIC' }) },
  ),
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

  ...conversationRights,
}

/** The address and the body of a row, with what it asks about made and filled in. */
export async function fillRow(
  { post, startDm }: Pick<RoleStage, 'post' | 'startDm'>,
  row: string,
  { subject, asker }: { subject: Subject; asker: string },
): Promise<{ method: string; path: string; body: unknown }> {
  const right = routeRights[row]
  const [method = '', template = ''] = (row.split('#')[0] ?? '').split(' ')
  const userId = right?.userId?.(subject, asker) ?? subject.memberId
  const ids: Record<string, string> = {
    users: userId,
    channels: subject.channelId,
    'channel-categories': subject.categoryId,
  }
  const kind = template.split('/')[1] ?? ''
  // Nothing else has the id of a channel.
  const otherId = ids[kind] ?? subject.channelId
  const id = kind === 'dm' && template.includes('{id}') ? await startDm() : otherId
  const takesMessage = template.includes('{messageId}') || right?.withMessage === true
  const messageId = takesMessage ? await post(`/${kind}/${id}/messages`) : ''
  const path = template
    .replace('{id}', id)
    .replace('{userId}', userId)
    .replace('{messageId}', messageId)
  return {
    method,
    path: `${path}${right?.query ?? ''}`,
    body: right?.body?.(subject, asker, messageId),
  }
}
