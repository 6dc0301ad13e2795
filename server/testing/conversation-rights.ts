/** What each route of messages, DMs and files answers to each role. For tests. */
import {
  all,
  participants,
  readers,
  signedIn,
  stranger,
  writers,
  yes,
  type RouteRight,
} from './right-rows.ts'

/** The messages are those of `channelMember`. */
const author = { ...writers, guestInside: 'not_author' }
const authorAlone = { ...author, channelOwner: 'not_author', channelAdmin: 'not_author' }
const authorInDm = { ...participants, channelOwner: 'not_author' }

const content = { body: () => ({ content: 'Hello' }) }
const emoji = { body: () => ({ emoji: '👍' }) }
const ofEmoji = { query: `?emoji=${encodeURIComponent('👍')}` }
const upTo = {
  withMessage: true,
  body: (_: unknown, _asker: string, messageId: string) => ({ messageId }),
} as const
const typing = { body: () => ({ isTyping: true }) }
const unknownFile = signedIn(all('not_found'))

/** A route that is asked in several ways has several rows, told apart by what follows `#`. */
export const conversationRights: Record<string, RouteRight> = {
  'GET /channels/{id}/messages': signedIn(readers),
  'GET /channels/{id}/messages/{messageId}': signedIn(readers),
  'GET /channels/{id}/messages/{messageId}/replies': signedIn(readers),
  'GET /channels/{id}/messages/{messageId}/revisions': signedIn(readers),
  'GET /channels/{id}/pins': signedIn(readers),
  'POST /channels/{id}/messages': signedIn(writers, content),
  'PATCH /channels/{id}/messages/{messageId}': signedIn(authorAlone, content),
  'DELETE /channels/{id}/messages/{messageId}': signedIn(author),
  'POST /channels/{id}/messages/{messageId}/reactions': signedIn(writers, emoji),
  'DELETE /channels/{id}/messages/{messageId}/reactions': signedIn(writers, ofEmoji),
  'PUT /channels/{id}/messages/{messageId}/pin': signedIn(writers),
  'DELETE /channels/{id}/messages/{messageId}/pin': signedIn(writers),
  'POST /channels/{id}/read': signedIn(writers, upTo),
  'POST /channels/{id}/unread': signedIn(writers, upTo),
  'POST /channels/{id}/typing': signedIn(writers, typing),

  'GET /dm': signedIn(yes),
  'POST /dm': signedIn(yes, { body: (subject) => ({ participantIds: [stranger(subject)] }) }),
  'GET /dm/{id}': signedIn(participants),
  'PATCH /dm/{id}': signedIn(participants, { body: () => ({ muted: true }) }),
  'GET /dm/{id}/participants': signedIn(participants),
  'POST /dm/{id}/participants': signedIn(participants, {
    body: (subject) => ({ userIds: [stranger(subject)] }),
  }),
  'DELETE /dm/{id}/participants#a DM of two': signedIn(
    all('not_found', { channelOwner: 'conflict', channelMember: 'conflict' }),
  ),
  'GET /dm/{id}/messages': signedIn(participants),
  'GET /dm/{id}/messages/{messageId}': signedIn(participants),
  'GET /dm/{id}/messages/{messageId}/replies': signedIn(participants),
  'GET /dm/{id}/messages/{messageId}/revisions': signedIn(participants),
  'GET /dm/{id}/pins': signedIn(participants),
  'POST /dm/{id}/messages': signedIn(participants, content),
  'PATCH /dm/{id}/messages/{messageId}': signedIn(authorInDm, content),
  'DELETE /dm/{id}/messages/{messageId}': signedIn(authorInDm),
  'POST /dm/{id}/messages/{messageId}/reactions': signedIn(participants, emoji),
  'DELETE /dm/{id}/messages/{messageId}/reactions': signedIn(participants, ofEmoji),
  'PUT /dm/{id}/messages/{messageId}/pin': signedIn(participants),
  'DELETE /dm/{id}/messages/{messageId}/pin': signedIn(participants),
  'POST /dm/{id}/read': signedIn(participants, upTo),
  'POST /dm/{id}/unread': signedIn(participants, upTo),
  'POST /dm/{id}/typing': signedIn(participants, typing),

  'GET /messages/search': signedIn(yes, { query: '?q=hello' }),
  'POST /files#nothing': signedIn(all('invalid_request'), { body: () => ({}) }),
  'GET /files/{id}#unknown': unknownFile,
  'DELETE /files/{id}#unknown': unknownFile,
  'GET /files/{id}/content#unknown': unknownFile,
  'GET /files/{id}/thumbnail#unknown': unknownFile,
}
