/** What the guard says to roots, contents and fields of every kind. Never imported by the product. */
import * as Y from 'yjs'
import type { Actor } from '../guard/actor.ts'
import {
  ben,
  firstMessageId as firstId,
  message,
  now,
  secondMessageId as secondId,
  type updateOf,
} from './updates.ts'

type Edit = Parameters<typeof updateOf>[1]
/** One edit by Ben, or by the actor that is named, and the guard's answer to it. */
export type GuardCase = [rule: string, edit: Edit, expected: string, actor?: Actor]

export const contentCases: GuardCase[] = [
  ['P2.6 refuses to write meta', ({ meta }) => meta.set('next', 2), 'server_only'],
  [
    'P2.6 allows the server to write meta',
    ({ meta }) => meta.set('next', 2),
    'allowed',
    { kind: 'server' },
  ],
  [
    'P2.7 refuses an unknown root',
    (_, device) => device.getMap('secrets').set('a', 1),
    'unknown_root',
  ],
  [
    'P2.7 refuses an unknown root that is an array',
    (_, device) => device.getArray('list').push([1]),
    'unknown_root',
  ],
  [
    'P2.7 refuses a root text',
    (_, device) => device.getText('text').insert(0, 'x'),
    'unknown_root',
  ],
  [
    'P2.7 refuses an XML root',
    (_, device) => device.getXmlFragment('xml').push([new Y.XmlText('x')]),
    'unknown_root',
  ],
  [
    'P2.7 refuses a nested map',
    ({ messages }) => messages.set(secondId, new Y.Map([['content', 'x']])),
    'content_not_allowed',
  ],
  [
    'P2.7 refuses a nested text',
    ({ messages }) => messages.set(secondId, new Y.Text('x')),
    'content_not_allowed',
  ],
  [
    'P2.7 refuses a nested array',
    ({ messages }) => messages.set(secondId, Y.Array.from([1])),
    'content_not_allowed',
  ],
  [
    'P2.7 refuses a sub-document',
    ({ messages }) => messages.set(secondId, new Y.Doc()),
    'content_not_allowed',
  ],
  [
    'P2.7 refuses embedded binary',
    ({ messages }) => messages.set(secondId, new Uint8Array(4)),
    'content_not_allowed',
  ],
  [
    'P2.7 refuses binary within a record',
    ({ messages }) => messages.set(secondId, { ...message(ben), content: new Uint8Array(4) }),
    'invalid_record',
  ],
  [
    'P2.8 refuses extra fields',
    ({ messages }) => messages.set(secondId, { ...message(ben), isAdmin: true }),
    'invalid_record',
  ],
  [
    'P2.8 refuses fields hidden in a prototype',
    ({ messages }) =>
      messages.set(
        secondId,
        JSON.parse(`{"__proto__":{"x":1},${JSON.stringify(message(ben)).slice(1)}`),
      ),
    'invalid_record',
  ],
  [
    'P2.8 refuses a bad message id',
    ({ messages }) => messages.set('../1', message(ben)),
    'invalid_key',
  ],
  [
    'P2.8 refuses a bad id of an author',
    ({ messages }) => messages.set(secondId, { ...message(ben), authorId: `${ben} ` }),
    'invalid_record',
  ],
  [
    'P2.8 refuses a bad id of a parent',
    ({ messages }) => messages.set(secondId, { ...message(ben), parentId: 'first' }),
    'invalid_record',
  ],
  [
    'P2.8 refuses a bad id of the message replied to',
    ({ messages }) => messages.set(secondId, { ...message(ben), replyToId: '../first' }),
    'invalid_record',
  ],
  [
    'P2.8 refuses a bad id of a file',
    ({ messages }) => messages.set(secondId, { ...message(ben), fileIds: ['/etc/passwd'] }),
    'invalid_record',
  ],
  [
    'P2.8 refuses a bad id in the key of a reaction',
    ({ reactions }) => reactions.set(`first/${ben}/👍`, now),
    'invalid_key',
  ],
  [
    'P2.8 refuses a bad id in the key of a pin',
    ({ pins }) => pins.set(firstId.toUpperCase(), { userId: ben, pinnedAt: now }),
    'invalid_key',
  ],
  [
    'P2.8 refuses over-long content',
    ({ messages }) => messages.set(secondId, message(ben, { content: 'x'.repeat(16_001) })),
    'content_too_long',
  ],
  [
    'P2.8 refuses empty content',
    ({ messages }) => messages.set(secondId, message(ben, { content: ' \n' })),
    'invalid_record',
  ],
  [
    'P2.8 refuses a far future',
    ({ messages }) => messages.set(secondId, message(ben, { createdAt: now + 301_000 })),
    'too_far_in_future',
  ],
]
