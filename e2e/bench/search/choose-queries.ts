/** Queries of each kind for the words that a store really has, and how plain FTS5 is asked the same. */
import type { SqliteConnection } from '../../../server/database/open-database.ts'
import { createSeededRandom } from '../../testing/seeded-random.ts'

export interface BenchQuery {
  /** As a person types it. */
  typed: string
  /** For FTS5's own syntax. */
  plain: string
  /** Plain FTS5 is filtered by the channel of its hits. */
  channelId?: string
}

interface Word {
  term: string
}

const COMMON = 40
/** A rare word is in so many messages. */
const RARE = [5, 20] as const

/** The same for the same store. */
export function chooseQueries(
  sqlite: SqliteConnection,
  count: number,
): Map<string, readonly BenchQuery[]> {
  sqlite.exec(
    "CREATE VIRTUAL TABLE temp.plain_words USING fts5vocab ('plain', 'plain_texts', 'row')",
  )
  const isWord = "term GLOB '[a-z][a-z]*' AND term NOT GLOB '*[^a-z]*'"
  const common = sqlite
    .prepare<[], Word>(
      `SELECT term FROM temp.plain_words WHERE ${isWord} ORDER BY doc DESC LIMIT ${COMMON}`,
    )
    .all()
  const rare = sqlite
    .prepare<[number, number, number], Word>(
      `SELECT term FROM temp.plain_words WHERE ${isWord} AND doc BETWEEN ? AND ? LIMIT ?`,
    )
    .all(...RARE, count)
  const messages = sqlite
    .prepare<[number], { content: string; channelId: string; slug: string; createdAt: number }>(
      `SELECT content, channel_id AS channelId, slug, m.created_at AS createdAt
       FROM messages AS m JOIN channels AS c ON c.id = m.channel_id
       WHERE length(content) BETWEEN 40 AND 400 AND m.rowid % 97 = 0 LIMIT ?`,
    )
    .all(count * 4)
  const { below } = createSeededRandom(7)
  const some = <Value>(values: readonly Value[]): Value => {
    const value = values[below(values.length)]
    if (value === undefined) throw new Error('The store has too few words')
    return value
  }
  const times = (make: () => BenchQuery): BenchQuery[] => Array.from({ length: count }, make)
  const pair = (): [string, string] => {
    const words = some(messages)
      .content.match(/\b[A-Za-z]{2,}(?: [A-Za-z]{2,})+/)?.[0]
      .split(' ')
    const at = below(Math.max(1, (words?.length ?? 2) - 1))
    return [words?.[at] ?? some(common).term, words?.[at + 1] ?? some(common).term]
  }
  const plainAnd = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(' ')

  return new Map([
    ['common word', times(() => same(some(common).term))],
    ['rare word', times(() => same(some(rare).term))],
    [
      'two words',
      times(() => {
        const words = pair()
        return { typed: words.join(' '), plain: plainAnd(words) }
      }),
    ],
    [
      'two common words',
      times(() => {
        const words = [some(common).term, some(common).term]
        return { typed: words.join(' '), plain: plainAnd(words) }
      }),
    ],
    [
      'phrase',
      times(() => {
        const phrase = `"${pair().join(' ')}"`
        return { typed: phrase, plain: phrase }
      }),
    ],
    [
      'prefix',
      times(() => {
        const stem = some(common).term.slice(0, 2)
        return { typed: `${stem}*`, plain: `"${stem}" *` }
      }),
    ],
    [
      'word in a channel',
      times(() => {
        const { channelId, slug } = some(messages)
        const { term } = some(common)
        return { typed: `${term} in:${slug}`, plain: `"${term}"`, channelId }
      }),
    ],
    [
      'word in a month',
      times(() => {
        const month = new Date(some(messages).createdAt).toISOString().slice(0, 7)
        const { term } = some(common)
        return { typed: `${term} during:${month}`, plain: `"${term}"` }
      }),
    ],
  ])
}

function same(term: string): BenchQuery {
  return { typed: term, plain: `"${term}"` }
}
