import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createId, type MessageId, type UserId } from '../../shared/ids.ts'
import { messageOf, parseOutboxEntry, type StoredEntryContext } from './outbox-entry.ts'

const newId = <Id extends string>(): Id =>
  createId<Id>({ now: () => 1_000, randomBytes: () => new Uint8Array(16).fill(7) })
const userId = newId<UserId>()
const messageId = newId<MessageId>()
const context: StoredEntryContext = { userId, now: () => 2_000, newMessageId: () => messageId }

const good = {
  id: 'one',
  documentName: `channel:${newId()}/1`,
  kind: 'message',
  messageId,
  root: 'messages',
  key: messageId,
  value: { authorId: userId, content: 'words', type: 'TEXT', createdAt: 1_500, version: 1 },
  order: 3,
  clientId: 5,
  clock: 6,
}

test('P5 an entry comes back from the disk as it was, with what a newer version has added', () => {
  const newer = { ...good, addedLater: [1], value: { ...good.value, alsoLater: true } }
  expect(parseOutboxEntry(newer, context)).toEqual({ state: 'good', entry: newer })
  const { value: _value, ...removal } = { ...good, kind: 'reaction', root: 'reactions' }
  expect(parseOutboxEntry(removal, context)).toEqual({ state: 'good', entry: removal })
})

test('P5 a message that no guard would take is still an entry', () => {
  const tooLong = { ...good, value: { ...good.value, content: 'x'.repeat(100_000) } }
  expect(parseOutboxEntry(tooLong, context).state).toBe('good')
})

test('P5 whatever is damaged, words that are left become a message to be sent anew', () => {
  const fields = Object.keys(good).filter((name) => !['id', 'documentName', 'value'].includes(name))
  const damage = fc.record({
    field: fc.constantFrom(...fields),
    value: fc.oneof(fc.constant(undefined), fc.object(), fc.constant('nonsense ')),
  })
  fc.assert(
    fc.property(damage, ({ field, value }) => {
      const parsed = parseOutboxEntry({ ...good, [field]: value }, context)
      if (parsed.state === 'lost') throw new Error(`${field} took the words with it`)
      expect(messageOf(parsed.entry)?.content).toBe('words')
      if (parsed.state === 'good') return
      expect(parsed.entry).toMatchObject({
        id: 'one',
        kind: 'message',
        refusal: { code: 'damaged_on_device' },
      })
      // What is kept of it is an entry by itself.
      expect(parseOutboxEntry(parsed.entry, context).state).toBe('good')
    }),
  )
})

test('P5 what is no entry at all is said to be lost, and breaks nothing', () => {
  fc.assert(
    fc.property(fc.anything(), (stored) => {
      expect(parseOutboxEntry(stored, context)).toEqual({ state: 'lost' })
    }),
  )
})
