import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MessageId } from '../../../shared/ids.ts'
import { message, now } from '../../../shared/testing/updates.ts'
import { openSearchStore } from '../../testing/search-store.ts'

const HOUR_MS = 3_600_000

/** Something that happens between two pages. */
const event = fc.record({
  kind: fc.constantFrom('new', 'late', 'delete', 'other words', 'same words'),
  age: fc.nat(2_000),
  which: fc.nat(200),
})
const written = fc.record({ age: fc.nat(2_000), words: fc.integer({ min: 1, max: 4 }) })

test('pages tell of everything that stays once, and in order, whatever happens between them', () => {
  fc.assert(
    fc.property(
      fc.array(written, { minLength: 5, maxLength: 40 }),
      fc.array(event, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 7 }),
      (messages, events, limit) => {
        const store = openSearchStore()
        const ada = store.addPerson('Ada')
        const channel = store.addChannel('general')
        const write = (age: number, words: number): MessageId => {
          const id = store.nextId<MessageId>()
          const content = `note ${'note '.repeat(words)} other words of no weight`
          const createdAt = now - age * HOUR_MS
          store.write(channel, id, message(ada, { content, createdAt }))
          return id
        }
        const rewrite = (id: MessageId, changes: object): void => {
          const standing = store.search(ada, { q: 'note', limit: '100' }).results
          const found = standing.find((result) => result.message.id === id)?.message
          if (found === undefined) return
          const { content, createdAt } = found
          store.write(channel, id, {
            ...message(ada, { content, createdAt, version: 2 }),
            ...changes,
          })
        }
        const ids = messages.map(({ age, words }) => write(age + 1, words))
        const touched = new Set<string>()
        const order: string[] = store
          .search(ada, { q: 'note', limit: '100' })
          .results.map((result) => result.message.id)
        const paged: string[] = []
        const left = [...events]
        let cursor: string | null = null
        do {
          const asked = { q: 'note', limit: String(limit), ...(cursor !== null && { cursor }) }
          const page = store.search(ada, asked)
          // Everything that is ever written, a message a page.
          if (paged.length > ids.length + events.length) throw new Error('Pages have no end')
          paged.push(...page.results.map((result) => result.message.id))
          cursor = page.nextCursor
          for (const { kind, age, which } of left.splice(0, 3)) {
            const id = ids[which % ids.length]
            if (kind === 'new') write(0, 1)
            else if (kind === 'late') write(age + 1, 1 + (which % 4))
            else if (id !== undefined) {
              if (kind !== 'same words') touched.add(id)
              if (kind === 'delete') rewrite(id, { content: '', deletedAt: now, deletedBy: ada })
              else rewrite(id, kind === 'other words' ? { content: 'note, and no more' } : {})
            }
          }
        } while (cursor !== null)
        const stayed = order.filter((id) => !touched.has(id))
        expect(paged.filter((id) => stayed.includes(id))).toEqual(stayed)
        const untouched = paged.filter((id) => !touched.has(id))
        expect(new Set(untouched).size).toBe(untouched.length)
        void store.close()
      },
    ),
    { numRuns: 60 },
  )
})
