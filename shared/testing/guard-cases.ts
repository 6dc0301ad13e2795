/** What the table of writers allows and refuses, edit by edit. Never imported by the product. */
import { contentCases, type GuardCase } from './content-cases.ts'
import { person, tombstone } from './guarding.ts'
import {
  ada,
  ben,
  cleo,
  firstMessageId as firstId,
  message,
  now,
  secondMessageId as secondId,
} from './updates.ts'

/** Edits of the document that `conversation()` makes. */
export const guardCases: GuardCase[] = [
  ...contentCases,
  [
    'P2.1 allows a member to post as themself',
    ({ messages }) => messages.set(secondId, message(ben)),
    'allowed',
  ],
  [
    'P2.1 refuses a forged author',
    ({ messages }) => messages.set(secondId, message(cleo)),
    'not_author',
  ],
  [
    'P2.1 refuses a first version above 1',
    ({ messages }) => messages.set(secondId, message(ben, { version: 2 })),
    'version_mismatch',
  ],
  [
    'P2.1 refuses a post where posting is restricted',
    ({ messages }) => messages.set(secondId, message(ben)),
    'posting_restricted',
    person(ben, { canPost: false }),
  ],
  [
    'P2.1 refuses a message of type SYSTEM',
    ({ messages }) => messages.set(secondId, message(ben, { type: 'SYSTEM' })),
    'server_only',
  ],
  [
    'P2.2 allows the author to edit',
    ({ messages }) => messages.set(firstId, message(ada, { version: 2, content: 'x' })),
    'allowed',
    person(ada),
  ],
  [
    'P2.2 allows an edit of the same version from a second device',
    ({ messages }) =>
      messages.set(firstId, message(ada, { version: 2, content: 'y', editedAt: now })),
    'allowed',
    person(ada),
  ],
  [
    'P2.2 refuses an edit by somebody who is not the author',
    ({ messages }) => messages.set(firstId, message(ada, { version: 2 })),
    'not_author',
  ],
  [
    'P2.2 refuses an edit by a moderator',
    ({ messages }) => messages.set(firstId, message(ada, { version: 2 })),
    'not_author',
    person(ben, { canModerate: true }),
  ],
  [
    'P2.2 refuses an edit that takes a message over',
    ({ messages }) => messages.set(firstId, message(ben, { version: 2 })),
    'not_author',
  ],
  [
    'P2.2 refuses an author changed by an edit',
    ({ messages }) => messages.set(firstId, message(ben, { version: 2 })),
    'immutable_field',
    person(ada),
  ],
  [
    'P2.2 refuses a creation time changed by an edit',
    ({ messages }) => messages.set(firstId, message(ada, { version: 2, createdAt: now })),
    'immutable_field',
    person(ada),
  ],
  [
    'P2.2 refuses a parent given by an edit',
    ({ messages }) => messages.set(firstId, message(ada, { version: 2, parentId: secondId })),
    'immutable_field',
    person(ada),
  ],
  [
    'P2.2 refuses a version skipped ahead',
    ({ messages }) => messages.set(firstId, message(ada, { version: 3 })),
    'version_mismatch',
    person(ada),
  ],
  [
    'P2.2 refuses an edit without a new version',
    ({ messages }) => messages.set(firstId, message(ada, { content: 'x' })),
    'version_mismatch',
    person(ada),
  ],
  [
    'P2.3 allows the author to delete',
    ({ messages }) => messages.set(firstId, tombstone()),
    'allowed',
    person(ada),
  ],
  [
    'P2.3 allows a moderator to delete',
    ({ messages }) => messages.set(firstId, tombstone({ deletedBy: ben })),
    'allowed',
    person(ben, { canModerate: true }),
  ],
  [
    "P2.3 refuses a tombstone on another's message",
    ({ messages }) => messages.set(firstId, tombstone({ deletedBy: ben })),
    'not_author',
  ],
  [
    'P2.3 refuses a tombstone in the name of another',
    ({ messages }) => messages.set(firstId, tombstone({ deletedBy: ben })),
    'not_yours',
    person(ada),
  ],
  [
    'P2.3 refuses a tombstone that keeps words',
    ({ messages }) => messages.set(firstId, tombstone({ content: 'x' })),
    'invalid_record',
    person(ada),
  ],
  [
    "P2.3 refuses to remove the key of another's message",
    ({ messages }) => messages.delete(firstId),
    'key_removed',
  ],
  [
    'P2.3 refuses to remove the key of a message, its author included',
    ({ messages }) => messages.delete(firstId),
    'key_removed',
    person(ada),
  ],
  [
    'P2.4 allows an own reaction',
    ({ reactions }) => reactions.set(`${firstId}/${ben}/👍`, now),
    'allowed',
  ],
  [
    'P2.4 allows to take an own reaction back',
    ({ reactions }) => reactions.delete(`${firstId}/${ada}/👍`),
    'allowed',
    person(ada),
  ],
  [
    'P2.4 refuses a reaction in the name of another',
    ({ reactions }) => reactions.set(`${firstId}/${cleo}/👍`, now),
    'not_yours',
  ],
  [
    "P2.4 refuses to take another's reaction back",
    ({ reactions }) => reactions.delete(`${firstId}/${ada}/👍`),
    'not_yours',
  ],
  [
    'P2.4 refuses a reaction to a message that is not there',
    ({ reactions }) => reactions.set(`${secondId}/${ben}/👍`, now),
    'unknown_message',
  ],
  [
    'P2.4 refuses words in place of an emoji',
    ({ reactions }) => reactions.set(`${firstId}/${ben}/hello`, now),
    'invalid_key',
  ],
  [
    'P2.4 refuses a reaction that is no time',
    ({ reactions }) => reactions.set(`${firstId}/${ben}/👍`, 'now'),
    'invalid_record',
  ],
  ['P2.5 allows a pin', ({ pins }) => pins.set(firstId, { userId: ben, pinnedAt: now }), 'allowed'],
  [
    'P2.5 refuses a pin in the name of another',
    ({ pins }) => pins.set(firstId, { userId: ada, pinnedAt: now }),
    'not_yours',
  ],
  [
    'P2.5 refuses a pin by somebody who may not pin',
    ({ pins }) => pins.set(firstId, { userId: ben, pinnedAt: now }),
    'forbidden',
    person(ben, { canPin: false }),
  ],
  [
    'P2.9 refuses everything in an archived channel',
    ({ messages }) => messages.set(secondId, message(ben)),
    'channel_archived',
    person(ben, { writeDenial: 'channel_archived' }),
  ],
  [
    'P2.9 refuses everything from somebody who is no member',
    ({ reactions }) => reactions.set(`${firstId}/${ben}/👍`, now),
    'not_member',
    person(ben, { writeDenial: 'not_member' }),
  ],
]
