/** `/api/messages/search`: searches in all that one may read. */
import {
  searchMessagesQuerySchema,
  searchMessagesResponseSchema,
} from '../../../shared/api/search.ts'
import type { Search } from '../../queries/search/create-search.ts'
import { createApp, json, signedInRoute, type ApiApp } from '../api-context.ts'

const searchRoute = signedInRoute({
  method: 'get',
  path: '/messages/search',
  noes: [503],
  summary: 'Search the messages that one may read, best first',
  description:
    'Of all messages that were found, the newest 1,000 are counted and ranked; `isTotalCapped` says that there are more. One person has one search running and one in line: a third takes the place of the one in line, which is answered 429 (`rate_limited`). 503 (`try_again`) says that too many people search, or that this search takes too long.',
  request: { query: searchMessagesQuerySchema },
  responses: { 200: json(searchMessagesResponseSchema, 'A page of what was found') },
})

export function createSearchRoutes({ search }: { search: Search }): ApiApp {
  return createApp().openapi(searchRoute, async (context) => {
    const { userId } = context.get('identity')
    const { signal } = context.req.raw
    return context.json(await search.search(userId, context.req.valid('query'), signal), 200)
  })
}
