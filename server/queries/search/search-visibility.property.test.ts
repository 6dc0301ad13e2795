import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Conversation } from '../../../shared/document/names.ts'
import type { MessageId, UserId } from '../../../shared/ids.ts'
import type { LiveMessage } from '../../../shared/records/message.ts'
import { scoreMessage } from '../../../shared/search/rank-message.ts'
import { parseSearchQuery } from '../../../shared/search/parse-query.ts'
import { segmentText } from '../../../shared/search/segment-text.ts'
import { message, now } from '../../../shared/testing/updates.ts'
import { verifySearch } from '../../admin/verify-search.ts'
import { openSearchStore } from '../../testing/search-store.ts'

const RUNS = 25
const PEOPLE = 4
/** More than the index is asked for at once, for whoever may read all of them. */
const CHANNELS = 36
const DMS = 3
const WORDS = ['deploy', 'Déploy', 'rollback', 'the', '東京', '👍']

/** What the world is, in plain code. */
interface Place {
  conversation: Conversation
  isPublic: boolean
  members: Set<number>
  messages: Map<MessageId, LiveMessage>
}
interface Person {
  id: UserId
  isGuest: boolean
  isDeactivated: boolean
}

function mayRead(person: Person, index: number, place: Place): boolean {
  if (person.isDeactivated) return false
  return place.members.has(index) || (place.isPublic && !person.isGuest)
}

function openWorld() {
  const store = openSearchStore()
  const people = Array.from({ length: PEOPLE }, (_, n): Person => {
    return { id: store.addPerson(`Person ${n}`), isGuest: false, isDeactivated: false }
  })
  const places = Array.from({ length: CHANNELS + DMS }, (_, n): Place => {
    const isPublic = n < CHANNELS && n % 2 === 0
    const type = isPublic ? 'PUBLIC' : 'PRIVATE'
    const members = n < CHANNELS ? [] : people.slice(0, n - CHANNELS + 2).map(({ id }) => id)
    const conversation = n < CHANNELS ? store.addChannel(`c${n}`, type) : store.addDm(members)
    return { conversation, isPublic, members: new Set(members.keys()), messages: new Map() }
  })
  const set = (sql: string, ...values: (string | number | null)[]): void =>
    void store.sqlite.prepare(sql).run(...values)
  return { store, people, places, set }
}
type World = ReturnType<typeof openWorld>

interface Step {
  kind: 'write' | 'edit' | 'delete' | 'member' | 'type' | 'guest' | 'deactivate'
  person: number
  place: number
  words: string
}

/** The same in the store, as commands and the projection write it, and in plain code. */
function take({ store, people, places, set }: World, step: Step): void {
  const [person, place] = [people[step.person], places[step.place]]
  if (person === undefined || place === undefined) throw new Error('Out of range')
  const { conversation, members, messages } = place
  const [edited] = messages
  switch (step.kind) {
    case 'write': {
      const id = store.nextId<MessageId>()
      const createdAt = now - messages.size * 3_000_000_000
      const record = message(person.id, { content: step.words, createdAt })
      messages.set(id, record)
      return store.write(conversation, id, record)
    }
    case 'edit': {
      if (edited === undefined) return
      const record = { ...edited[1], content: step.words, version: edited[1].version + 1 }
      messages.set(edited[0], record)
      return store.write(conversation, edited[0], record)
    }
    case 'delete': {
      if (edited === undefined) return
      messages.delete(edited[0])
      const deletion = { content: '', deletedAt: now, deletedBy: person.id } as const
      return store.write(conversation, edited[0], { ...edited[1], ...deletion, version: 99 })
    }
    case 'member': {
      const [table, owner] =
        conversation.kind === 'channel'
          ? ['channel_members', 'channel_id']
          : ['direct_message_participants', 'thread_id']
      if (members.delete(step.person)) {
        return set(
          `DELETE FROM ${table} WHERE ${owner} = ? AND user_id = ?`,
          ...[conversation.id, person.id],
        )
      }
      members.add(step.person)
      const insert = `INSERT INTO ${table} (${owner}, user_id, joined_at) VALUES (?, ?, 1)`
      return set(insert, conversation.id, person.id)
    }
    case 'type':
      if (conversation.kind === 'dm') return
      place.isPublic = !place.isPublic
      return set(
        'UPDATE channels SET type = ? WHERE id = ?',
        ...[place.isPublic ? 'PUBLIC' : 'PRIVATE', conversation.id],
      )
    case 'guest':
      person.isGuest = !person.isGuest
      return set(
        'UPDATE users SET role = ? WHERE id = ?',
        person.isGuest ? 'GUEST' : 'MEMBER',
        person.id,
      )
    case 'deactivate':
      person.isDeactivated = !person.isDeactivated
      return set(
        'UPDATE users SET deactivated_at = ? WHERE id = ?',
        person.isDeactivated ? 1 : null,
        person.id,
      )
  }
}

const step = fc.record<Step>({
  kind: fc.constantFrom(
    ...(['write', 'write', 'write', 'edit', 'delete', 'member', 'member'] as const),
    ...(['type', 'guest', 'deactivate'] as const),
  ),
  person: fc.nat(PEOPLE - 1),
  place: fc.nat(CHANNELS + DMS - 1),
  words: fc
    .array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 4 })
    .map((all) => all.join(' ')),
})

test('P7 after any changes of memberships and messages, people find what a scan of what they may read finds', () => {
  let hits = 0
  let hidden = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 80 }), (steps) => {
      const world = openWorld()
      const { store, people, places } = world
      for (const each of steps) {
        take(world, each)
        const person = people[each.person]
        const q = WORDS[steps.indexOf(each) % WORDS.length]
        if (person === undefined || q === undefined) throw new Error('Out of range')
        const { terms } = parseSearchQuery(q)
        const isHit = ({ content }: LiveMessage): boolean =>
          segmentText(content).some(({ text }) => text === terms[0]?.tokens[0])
        const all = places.flatMap((place) =>
          [...place.messages]
            .filter(([, record]) => isHit(record))
            .map((found) => ({ place, found })),
        )
        const expected = all
          .filter(({ place }) => mayRead(person, each.person, place))
          .map(({ found: [id, record] }) => ({ id, score: scoreMessage(terms, record, now) }))
        const { results, total, nextCursor } = store.search(person.id, { q, limit: '100' })
        expect(results.map((result) => result.message.id).toSorted()).toEqual(
          expected.map(({ id }) => id).toSorted(),
        )
        const scores = new Map(expected.map(({ id, score }) => [id, score]))
        expect(results.map((result) => scores.get(result.message.id))).toEqual(
          expected.map(({ score }) => score).toSorted((one, other) => other - one),
        )
        expect({ total, nextCursor }).toEqual({ total: expected.length, nextCursor: null })
        hits += expected.length
        hidden += all.length - expected.length
      }
      expect(verifySearch(store.sqlite)).toEqual([])
      void store.close()
    }),
    { numRuns: RUNS },
  )
  // Nothing is proved where all is found, or nothing.
  expect(Math.min(hits, hidden)).toBeGreaterThan(RUNS)
})
