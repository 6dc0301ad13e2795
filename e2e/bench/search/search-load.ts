/** People who search over REST while others chat. */
import { searchMessagesResponseSchema } from '../../../shared/api/search.ts'
import type { BenchPerson } from '../servers/people.ts'

export interface SearchLoad {
  /** Answers how long each search took, ms, in ascending order. */
  stop: () => Promise<Float64Array>
}

/** Each person begins a search so often, slower where answers are: within what the server allows. */
const EVERY_MS = 250

export function startSearching(
  url: string,
  people: readonly BenchPerson[],
  queries: readonly string[],
): SearchLoad {
  const times: number[] = []
  let isOver = false
  let next = 0
  const searching = people.map(async ({ cookie, address }) => {
    while (!isOver) {
      next += 1
      const q = encodeURIComponent(queries[(next * 7) % queries.length] ?? '')
      const start = performance.now()
      const headers = { cookie, 'x-forwarded-for': address }
      const response = await fetch(`${url}/api/messages/search?q=${q}`, { headers })
      if (!response.ok) throw new Error(`A search failed: ${await response.text()}`)
      searchMessagesResponseSchema.parse(await response.json())
      const took = performance.now() - start
      times.push(took)
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, EVERY_MS - took)))
    }
  })
  const all = Promise.all(searching)
  // Whoever stops it hears of a failure; until then it is not unhandled.
  all.catch(() => undefined)
  return {
    async stop() {
      isOver = true
      await all
      return Float64Array.from(times).sort()
    },
  }
}
