/** Hits -> what is shown of them: the messages and why they were found, in the order of the hits. */
import type { SearchMessagesResponse } from '../../../shared/api/search.ts'
import type { Message } from '../../../shared/api/messages.ts'
import { makeSnippet } from '../../../shared/search/make-snippet.ts'
import type { Term } from '../../../shared/search/parse-query.ts'
import type { SqliteConnection } from '../../database/open-database.ts'
import { readMessages } from '../messages.ts'
import type { Hit } from './find-hits.ts'

type Result = SearchMessagesResponse['results'][number]

/** The statements that it takes depend on how many conversations the hits are from. */
export function readResults(
  sqlite: SqliteConnection,
  hits: readonly Hit[],
  terms: readonly Term[],
): Result[] {
  const messages = new Map<string, Message>()
  const placeOf = (conversationId: string, id: string): string => `${conversationId}/${id}`
  for (const [id, inIt] of Map.groupBy(hits, ({ conversation }) => conversation.id)) {
    const [first] = inIt
    if (first === undefined) continue
    const ids = inIt.map(({ messageId }) => messageId)
    for (const message of readMessages(sqlite, first.conversation, ids)) {
      messages.set(placeOf(id, message.id), message)
    }
  }
  return hits.flatMap(({ conversation: { kind, id }, messageId }) => {
    const message = messages.get(placeOf(id, messageId))
    if (message === undefined) return []
    const conversation = kind === 'channel' ? { kind, id } : { kind, id }
    return [{ message, conversation, snippet: makeSnippet(message.content, terms) }]
  })
}
