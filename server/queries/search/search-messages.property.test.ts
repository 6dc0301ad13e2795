import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Conversation } from '../../../shared/document/names.ts'
import type { MessageId, UserId } from '../../../shared/ids.ts'
import { matchesQuery, type SearchableMessage } from '../../../shared/search/match-message.ts'
import { isEmptyQuery, parseSearchQuery } from '../../../shared/search/parse-query.ts'
import { resolveQuery } from '../../../shared/search/resolve-query.ts'
import { message } from '../../../shared/testing/updates.ts'
import { verifySearch } from '../../admin/verify-search.ts'
import { openSearchStore, type SearchStore } from '../../testing/search-store.ts'

const RUNS = 400
const MESSAGES = 300

const vocabulary = [
  ...[
    'deploy',
    'Deploy!',
    'deployment',
    'the',
    'the',
    'the',
    "don't",
    'don’t',
    'a_b',
    'https://x.test/a',
  ],
  ...[
    'naïve',
    'NAIVE',
    'Straße',
    'strasse',
    'ёлка',
    'οδός',
    'شُكراً',
    'شكرا',
    'שָׁלוֹם',
    'שלום',
    'ובשלום',
    'والشكرا',
    'צה"ל',
    '한국어',
    '한국어를',
    '٣',
  ],
  ...['東京', '東京都', '行きました', '我喜欢北京大学', 'สวัสดีครับ', '👍', '👍🏽', '👩‍💻', '🎉🎉', '1️⃣'],
  ...['"', '*', '-', 'NOT', 'OR', '\0', '\uD800', 'x'.repeat(130), `<@${'a'.repeat(36)}>`, '3.14'],
]
const words = fc.array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 7 })
const text = fc
  .tuple(words, fc.constantFrom(' ', ' ', ' ', '', ', ', '\n'))
  .map(([parts, separator]) => parts.join(separator))

const days = [0, 1, 40, 400]
const DAY_MS = 86_400_000
const start = Date.UTC(2026, 0, 31, 12)

let store: SearchStore
let people: UserId[]
let conversations: Conversation[]
const messages = new Map<string, SearchableMessage>()

beforeAll(() => {
  store = openSearchStore()
  people = ['Ada Lovelace', 'Ben', 'Ada Byron'].map((name) => store.addPerson(name))
  conversations = [
    store.addChannel('general'),
    store.addChannel('secret', 'PRIVATE', people),
    store.addDm(people),
  ]
  const written = fc.record({
    content: text,
    author: fc.nat(2),
    place: fc.nat(2),
    day: fc.constantFrom(...days),
    isFile: fc.boolean(),
    isReply: fc.boolean(),
    isPinned: fc.nat(9).map((n) => n === 0),
    isReacted: fc.boolean(),
    /** Written over an earlier one, or deleted at last. */
    fate: fc.constantFrom('kept', 'kept', 'edited', 'deleted'),
  })
  for (const each of fc.sample(written, { numRuns: MESSAGES, seed: 1 })) {
    const [authorId, conversation] = [people[each.author], conversations[each.place]]
    if (authorId === undefined || conversation === undefined) throw new Error('Out of range')
    const id = store.nextId<MessageId>()
    const record = message(authorId, {
      content: each.content.toWellFormed().replaceAll('\0', '␀'),
      createdAt: start - each.day * DAY_MS,
      ...(each.isFile && { fileIds: [store.nextId()] }),
      ...(each.isReply && { parentId: store.nextId() }),
    })
    if (each.fate === 'edited') {
      store.write(conversation, id, { ...record, content: 'deploy the old words 東京' })
    }
    store.write(conversation, id, record)
    if (each.isPinned) store.pin(conversation, id, authorId)
    if (each.isReacted) store.react(conversation, id, authorId)
    if (each.fate === 'deleted') {
      const { fileIds: _gone, ...rest } = record
      const deletion = { content: '', deletedAt: record.createdAt, deletedBy: authorId } as const
      store.write(conversation, id, { ...rest, ...deletion, version: 2 })
      continue
    }
    messages.set(id, {
      conversationId: conversation.id,
      ...{ authorId, content: record.content, createdAt: record.createdAt },
      ...{ hasFiles: each.isFile, isReply: each.isReply },
      ...{ isPinned: each.isPinned, hasReactions: each.isReacted },
    })
  }
})
afterAll(() => store.close())

const asked = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...vocabulary) },
  { weight: 2, arbitrary: fc.constantFrom('de', 'น', '東', 'd', '👍').map((stem) => `${stem}*`) },
  { weight: 2, arbitrary: text.map((phrase) => `"${phrase.replaceAll('"', '')}"`) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...['from:ada', 'from:"Ada Byron"', 'from:ben', 'from:me', 'from:nobody', 'in:general'],
      ...['in:#secret', 'in:"the general"', 'in:nowhere', 'has:file', 'has:link', 'has:reaction'],
      ...['is:pinned', 'is:reply', 'before:2026', 'after:2025-12-31', 'during:2026-01-30'],
      ...['during:2026-01', 'before:2026-01-31', 'after:2024'],
    ),
  },
)
const query = fc
  .array(fc.tuple(fc.constantFrom('', '', '', '-'), asked), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.map((part) => part.join('')).join(' '))

/** All pages. */
function searchAll(userId: UserId, q: string): string[] {
  const found: string[] = []
  let cursor: string | null = null
  do {
    const page = store.search(userId, { q, limit: '100', ...(cursor !== null && { cursor }) })
    found.push(...page.results.map((result) => result.message.id))
    cursor = page.nextCursor
    if (cursor === null) expect(page).toMatchObject({ total: found.length, isTotalCapped: false })
  } while (cursor !== null)
  return found
}

function matchAll(userId: string, q: string): string[] {
  const parsed = parseSearchQuery(q)
  if (isEmptyQuery(parsed)) return []
  const [first, second, third] = people
  const channel = conversations.map(({ id }) => id)
  const authors: Record<string, (string | undefined)[]> = {
    ...{ ada: [first, third], 'Ada Byron': [third], ben: [second], me: [userId] },
  }
  const places: Record<string, (string | undefined)[]> = {
    ...{ general: [channel[0]], secret: [channel[1]], 'the general': [channel[0]] },
  }
  const known = (ids: (string | undefined)[] = []) => ids.filter((id) => id !== undefined)
  const resolved = resolveQuery(parsed, {
    authorIds: (name) => known(authors[name]),
    conversationIds: (name) => known(places[name]),
  })
  return [...messages].filter(([, each]) => matchesQuery(resolved, each)).map(([id]) => id)
}

test('the index finds what plain code finds, for any query', () => {
  let hits = 0
  fc.assert(
    fc.property(fc.nat(2), query, (person, q) => {
      const userId = people[person]
      if (userId === undefined) throw new Error('Out of range')
      const found = searchAll(userId, q)
      expect(found.toSorted()).toEqual(matchAll(userId, q).toSorted())
      hits += Math.min(1, found.length)
    }),
    { numRuns: RUNS },
  )
  // Nothing is proved of queries that find nothing.
  expect(hits).toBeGreaterThan(RUNS / 5)
})

test('P3 the index holds the tokens of all messages and no others', () => {
  expect(verifySearch(store.sqlite)).toEqual([])
})

test('no string is a fault', () => {
  const [userId] = people
  if (userId === undefined) throw new Error('Nobody')
  const piece = fc.oneof(
    fc.constantFrom('"', '-', '*', ':', ' ', '\0', '\uD800', 'words:', 'scope : ', 'm', 'NEAR('),
    fc.constantFrom('(', ')', 'AND', 'NOT', 'OR', '^', '+', '{', '}', '\\', "'", ';--', '%'),
    fc.string({ unit: 'binary', maxLength: 6 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const q = pieces.join('')
      expect(searchAll(userId, q).toSorted()).toEqual(matchAll(userId, q).toSorted())
    }),
    { numRuns: RUNS },
  )
  for (const sign of ['"', '-', 'a ', '東', '(', 'from:', '-x ', 'a* ', 'שלום ', 'شكرا ', '\0']) {
    searchAll(userId, sign.repeat(Math.floor(10_240 / sign.length)))
  }
})
