/** `rest`: how many requests REST answers over a large store, how fast, and what a post costs. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { judgeAim } from './aims.ts'
import type { BenchArguments } from './bench-arguments.ts'
import type { BenchResult, BenchRow, ReportProgress } from './bench-result.ts'
import { readLoadTexts } from './load-texts.ts'
import { measureBeside, measureRuns, summarise, type RequestTimes } from './rest/measure-beside.ts'
import { postOverDocument } from './rest/post-over-document.ts'
import { prepareStore } from './rest/prepare-store.ts'
import type { LoadRequest } from './rest/request-load.ts'
import { createSharedChannel, readChannels, signUpPeople } from './servers/people.ts'
import { startConnectNowProcess } from './servers/start-server-under-load.ts'
import { startProcess, type RunningProcess } from './servers/start-process.ts'

const MESSAGES = 1_000_000
const CLIENTS = 50
/**
 * Requests of each client: by 50 of them, the slowest hundredth is a hundred pages. No more searches
 * than one person may make at once.
 */
const PAGES = 200
const LISTS = 200
const POSTS = 100
const SEARCHES = 12
/** Of each client, until the machine code is made of what runs often. */
const WARM_UP = 20
const SEARCH_WARM_UP = 1
/** One after another, over REST and over the document. */
const SINGLE_POSTS = 400
/** Words of everyday English, some common and some not, as people search for them. */
const WORDS = ['the', 'error', 'install version', 'thanks', 'release', 'docker image', 'windows']

interface Measured {
  what: string
  ours: RequestTimes
  bare: RequestTimes
}

export async function runRest(
  {
    messages: [messages = MESSAGES] = [],
    clients: [clients = CLIENTS] = [],
    store,
  }: BenchArguments,
  report: ReportProgress,
): Promise<BenchResult> {
  const dataDir = await prepareStore(messages, store, report)
  try {
    // Limits are for people; a device that sends as fast as it can is none.
    const settings = { UPDATES_PER_SECOND: '1000' }
    const server = await startConnectNowProcess({ dataDir, settings })
    try {
      const bare = await startProcess({
        script: 'e2e/bench/baselines/bare-hono.ts',
        readyText: 'listening',
        settings: { STORE: join(dataDir, 'connectnow.db') },
      })
      try {
        return await measure({ server, bare, messages, clients, report })
      } finally {
        await bare.stop()
      }
    } finally {
      await server.stop()
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

interface Measurement {
  server: RunningProcess
  bare: RunningProcess
  messages: number
  clients: number
  report: ReportProgress
}

async function measure({ server, bare, messages, clients, report }: Measurement) {
  // One more, who posts alone: nobody may ask more than their share.
  const everybody = await signUpPeople(server.url, clients + 1)
  const [person, ...people] = everybody
  if (person === undefined) throw new Error('Nobody asks')
  const channels = await readChannels(server.url, person)
  const channelId = await createSharedChannel(server.url, everybody, 'bench')
  const { texts } = readLoadTexts()
  const posts = `/channels/${channelId}/messages`
  const post = (number: number): LoadRequest => ({
    ...{ method: 'POST', path: posts, body: { content: texts[number % texts.length] } },
  })
  const kinds: Kind[] = [
    {
      what: 'message page',
      each: PAGES,
      isSameAnswer: true,
      requestOf: (number) => ({
        method: 'GET',
        path: `/channels/${channels[number % channels.length]?.id}/messages`,
      }),
    },
    {
      what: 'channel list',
      each: LISTS,
      isSameAnswer: true,
      requestOf: () => ({ method: 'GET', path: '/channels' }),
    },
    {
      what: 'search',
      each: SEARCHES,
      warmUp: SEARCH_WARM_UP,
      requestOf: (number) => ({
        method: 'GET',
        path: `/messages/search?q=${encodeURIComponent(WORDS[number % WORDS.length] ?? '')}`,
      }),
    },
    { what: 'posting', each: POSTS, requestOf: post },
  ]
  const measured: Measured[] = []
  for (const { what, isSameAnswer = false, warmUp = WARM_UP, ...kind } of kinds) {
    report(`${what}, ${clients} clients`)
    const times = await measureBeside({ server, bare, people, warmUp, ...kind })
    if (isSameAnswer && times.ours.meanBytes !== times.bare.meanBytes) {
      throw new Error(`${what}: the baseline does not answer the same`)
    }
    measured.push({ what, ...times })
  }
  report('one client that posts, over REST and over the document')
  const alone = { server, people: [person], requestOf: post, warmUp: WARM_UP }
  const postAlone = () => measureRuns({ ...alone, each: SINGLE_POSTS / 2, runs: 1 })
  const before = await postAlone()
  const seat = { url: server.url, person: { ...person, channelId } }
  const overDocument = await postOverDocument(seat, server.pid, texts.slice(0, SINGLE_POSTS))
  const overRest = [...before, ...(await postAlone())]
  const single = { overRest: summarise(overRest), overDocument: summarise([overDocument]) }
  return describe(measured, { ...single, messages, clients })
}

interface Kind {
  what: string
  each: number
  requestOf: (number: number) => LoadRequest
  /** Both answer byte for byte as much. */
  isSameAnswer?: boolean
  warmUp?: number
}

interface Posts {
  overRest: RequestTimes
  overDocument: RequestTimes
  messages: number
  clients: number
}

function describe(measured: readonly Measured[], posts: Posts): BenchResult {
  const { overRest, overDocument, messages, clients } = posts
  const row = (
    what: string,
    count: number,
    times: RequestTimes,
    bare?: RequestTimes,
  ): BenchRow => ({
    what,
    clients: count,
    'a second': times.perSecond,
    'times bare': bare === undefined ? '' : (times.perSecond / bare.perSecond).toFixed(2),
    'p50 ms': times.p50Ms,
    'p99 ms': times.p99Ms,
    'server CPU ms': times.serverCpuMs,
    'client CPU ms': times.clientCpuMs,
    bytes: times.meanBytes,
  })
  return {
    rows: [
      ...measured.flatMap(({ what, ours, bare }) => [
        row(what, clients, ours, bare),
        row(`${what}, bare Hono`, clients, bare),
      ]),
      row('a post over REST', 1, overRest),
      row('a message over the document', 1, overDocument),
    ],
    verdicts: measured
      .filter(({ what }) => what !== 'posting')
      .map(({ what, ours, bare }) =>
        judgeAim({
          ...{ what: `${what}, requests a second`, value: ours.perSecond },
          ...{ baseline: 'bare Hono', baselineValue: bare.perSecond },
          ...{ bound: 'at least', times: 0.5 },
        }),
      ),
    notes: [
      `${messages} messages in the tables and the search index. Clients ask one request after another over connections that stay open, all from one process, which is idle in all of a second that 'a second' times 'client CPU ms' leaves. Each server is asked in two halves, the baseline first and last.`,
      'Answers are not compressed, since the clients do not ask for it.',
      'Bare Hono runs the same SQL in a process of its own, for nobody in particular: no session, rights, limits, checks. Its post is an INSERT of the row with its indexes, as durable; no guard, document, search index or notification.',
      "A message over the document counts from sending until it is known to be on the server's disk, by the client's own engine.",
    ],
  }
}
