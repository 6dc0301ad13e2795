import { expect, test } from 'vitest'
import type { MessageId, UserId } from '../../../shared/ids.ts'
import { createIdSequence } from '../../../shared/testing/updates.ts'
import type { MessageView } from '../../engine/engine-interface.ts'
import { newestToRead } from './newest-to-read.ts'

const nextId = createIdSequence()
const ada = nextId<UserId>()
const ben = nextId<UserId>()
const none = { threadId: undefined, arrivals: new Map<string, number>() }

function written(by: UserId, createdAt: number, more: Partial<MessageView['record']> = {}) {
  const view: MessageView = {
    id: nextId<MessageId>(),
    record: {
      ...{ authorId: by, content: 'words', type: 'TEXT', createdAt, version: 1 },
      ...(more as object), // of one kind of record, as each test wants it
    },
    delivery: { state: 'sent' },
    reactions: [],
    isPinned: false,
    replyCount: 0,
  }
  return view
}

test('one has read up to the newest message of somebody else that is not deleted', () => {
  const first = written(ben, 1)
  const gone = written(ben, 2, { content: '', deletedAt: 3, deletedBy: ben })
  const mine = written(ada, 3)
  const messages = [first, gone, mine]
  expect(newestToRead({ ...none, messages }, ada)).toBe(first.id)
  expect(newestToRead({ ...none, messages: [mine] }, ada)).toBeUndefined()
})

test('replies are read with their own thread alone', () => {
  const first = written(ben, 1)
  const reply = written(ben, 2, { parentId: first.id })
  const other = written(ben, 3, { parentId: nextId<MessageId>() })
  const messages = [first, reply, other]
  expect(newestToRead({ ...none, messages }, ada)).toBe(first.id)
  expect(newestToRead({ ...none, messages, threadId: first.id }, ada)).toBe(reply.id)
})

test('what arrived last counts, though it was written before; what is newer than all that is known more', () => {
  const late = written(ben, 1)
  const before = written(ben, 2)
  const messages = [late, before]
  const arrivals = new Map<string, number>([
    [late.id, 9],
    [before.id, 3],
  ])
  expect(newestToRead({ ...none, messages, arrivals }, ada)).toBe(late.id)
  const live = written(ben, 4)
  expect(newestToRead({ ...none, messages: [...messages, live], arrivals }, ada)).toBe(live.id)
})
