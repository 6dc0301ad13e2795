import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'
import { createId, type MessageId, type UserId } from '../../shared/ids.ts'
import { formatReactionKey } from '../../shared/records/reaction.ts'
import { createMessageViews } from './message-views.ts'

let count = 0
const newId = <Id extends string>(): Id =>
  createId<Id>({
    now: () => 1_000,
    randomBytes: () => new Uint8Array(16).fill((count += 1)),
  })

const ada = newId<UserId>()
const ben = newId<UserId>()
const messageId = newId<MessageId>()
/** Who reacted with what, and when. */
const given = [
  [ben, '🎉', 30],
  [ada, '🎉', 20],
  [ada, '👀', 10],
  [ben, '👍', 10],
] as const

/** The reactions as a screen shows them on which they arrived in this order. */
function reactionsAfter(arrivals: readonly (typeof given)[number][]): unknown {
  const document = new Y.Doc()
  rootMap(document, 'messages').set(messageId, {
    authorId: ada,
    content: 'Look',
    type: 'TEXT',
    createdAt: 1,
    version: 1,
  })
  const views = createMessageViews(ada, () => undefined)
  views.attach(document)
  for (const [userId, emoji, createdAt] of arrivals) {
    rootMap(document, 'reactions').set(formatReactionKey({ messageId, userId, emoji }), createdAt)
  }
  return views.find(messageId)?.reactions
}

test('P6 reactions stand in the same order however they arrived', () => {
  const expected = [
    { emoji: '👀', userIds: [ada] },
    { emoji: '👍', userIds: [ben] },
    { emoji: '🎉', userIds: [ada, ben] },
  ]
  expect(reactionsAfter(given)).toEqual(expected)
  expect(reactionsAfter(given.toReversed())).toEqual(expected)
})
