/** `search`: how long searches take in a large store, and whether deliveries wait for them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { judgeAim } from './aims.ts'
import type { BenchArguments } from './bench-arguments.ts'
import type { BenchResult, BenchRow, ReportProgress } from './bench-result.ts'
import { startClients, type LoadResult } from './clients/start-clients.ts'
import { describeLoss } from './fanout.ts'
import { percentile } from './percentile.ts'
import { runScript } from './run-script.ts'
import { searchAnswerSchema, type SearchAnswer } from './search/search-task.ts'
import { startSearching } from './search/search-load.ts'
import { startServerUnderLoad } from './servers/start-server-under-load.ts'

const MESSAGES = 1_000_000
const CHATTERS = 50
const SECONDS = 10
const SEARCHES = 100
const SEARCHERS = 8
const WARM_UP = { messagesPerSecond: 200, seconds: 2 }

interface Meanwhile {
  alone: LoadResult
  searching: LoadResult
  searches: Float64Array
}

export async function runSearch(
  {
    messages: [messages = MESSAGES] = [],
    clients: [chatters = CHATTERS] = [],
    seconds = SECONDS,
  }: BenchArguments,
  report: ReportProgress,
): Promise<BenchResult> {
  const dataDir = mkdtempSync(join(tmpdir(), 'connectnow-bench-'))
  let answer: SearchAnswer
  let meanwhile: Meanwhile
  try {
    report(`writing and indexing ${messages} messages, then searching`)
    answer = await runScript({
      script: 'search/measure-searches.ts',
      task: { messages, searches: SEARCHES },
      answer: searchAnswerSchema,
      settings: { DATA_DIR: dataDir },
      nodeArguments: ['--max-old-space-size=8192'],
    })
    report(`${chatters} people chat, without and with searches`)
    meanwhile = await chatWhileSearching(dataDir, chatters, seconds, answer.queries)
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
  return describe(answer, meanwhile, chatters)
}

async function chatWhileSearching(
  dataDir: string,
  chatters: number,
  seconds: number,
  queries: readonly string[],
): Promise<Meanwhile> {
  const server = await startServerUnderLoad('connectnow', { clients: chatters, dataDir })
  try {
    const clients = await startClients(server)
    const chat = async (): Promise<LoadResult> => {
      const result = await clients.run({ messagesPerSecond: chatters, seconds })
      if (!result.isCorrect) throw new Error(describeLoss(result, chatters))
      return result
    }
    try {
      await clients.run({ ...WARM_UP, seconds: Math.min(WARM_UP.seconds, seconds) })
      const alone = await chat()
      const people = server.seats.flatMap(({ person }) => person ?? []).slice(0, SEARCHERS)
      const load = startSearching(server.url, people, queries)
      const searching = await chat()
      return { alone, searching, searches: await load.stop() }
    } finally {
      await clients.stop()
    }
  } finally {
    await server.stop()
  }
}

function describe(
  { kinds, messages, indexMs, plainIndexMs, indexBytes, plainIndexBytes }: SearchAnswer,
  { alone, searching, searches }: Meanwhile,
  chatters: number,
): BenchResult {
  const rows = kinds.map(({ kind, ours, plain }): BenchRow => ({
    what: kind,
    'p50 ms': ours.p50Ms,
    'p99 ms': ours.p99Ms,
    'plain p50 ms': plain.p50Ms,
    'plain p99 ms': plain.p99Ms,
  }))
  const each = (ms: number): string => `${((ms * 1_000) / messages).toFixed(1)} µs`
  const bytes = (all: number): string => `${Math.round(all / messages)} bytes`
  return {
    rows: [
      ...rows,
      { what: 'delivery', 'p50 ms': alone.p50Ms, 'p99 ms': alone.p99Ms },
      {
        what: 'delivery beside searches',
        'p50 ms': searching.p50Ms,
        'p99 ms': searching.p99Ms,
      },
      {
        what: 'search over REST meanwhile',
        'p50 ms': percentile(searches, 0.5),
        'p99 ms': percentile(searches, 0.99),
      },
    ],
    verdicts: [
      judgeAim({
        what: `${chatters} clients, p99 of deliveries beside searches`,
        value: searching.p99Ms,
        baseline: 'without',
        baselineValue: alone.p99Ms,
        bound: 'at most',
        times: 3,
      }),
    ],
    notes: [
      `${messages} messages. Ours: access, filters, ranking, snippets and the messages of a page of 20. Plain: FTS5 as it comes (unicode61), the 20 best by bm25 with their rows, no access, no count; a channel is filtered by its rows, a month not at all.`,
      `Indexing took ${each(indexMs)} and ${bytes(indexBytes)} a message; plain FTS5 ${each(plainIndexMs)} and ${bytes(plainIndexBytes)}.`,
      `${searches.length} searches over REST by ${SEARCHERS} people while ${chatters} chat, one message a second each.`,
    ],
  }
}
