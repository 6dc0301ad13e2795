/** `rest`: how many requests REST answers over a large store, how fast, and what a post costs. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { judgeAim } from './aims.ts'
import type { BenchArguments } from './bench-arguments.ts'
import type { BenchResult, BenchRow, ReportProgress } from './bench-result.ts'
import { readLoadTexts } from './load-texts.ts'
import { fillAnswerSchema } from './rest/fill-answer.ts'
import { postOverDocument } from './rest/post-over-document.ts'
import { sendRequests, type RequestLoad, type RequestTimes } from './rest/request-load.ts'
import { runScript } from './run-script.ts'
import { createSharedChannel, readChannels, signUpPeople } from './servers/people.ts'
import { startConnectNowProcess } from './servers/start-server-under-load.ts'
import { startProcess, type RunningProcess } from './servers/start-process.ts'

const MESSAGES = 1_000_000
const CLIENTS = 50
/** Requests of each client; no more searches than one person may make at once. */
const PAGES = 60
const LISTS = 60
const POSTS = 60
const SEARCHES = 12
const WARM_UP = 2
/** One after another, over REST and over the document. */
const SINGLE_POSTS = 300
/** Words of everyday English, some common and some not, as people search for them. */
const WORDS = ['the', 'error', 'install version', 'thanks', 'release', 'docker image', 'windows']

interface Measured {
  what: string
  ours: RequestTimes
  bare: RequestTimes
}

export async function runRest(
  { messages: [messages = MESSAGES] = [], clients: [clients = CLIENTS] = [] }: BenchArguments,
  report: ReportProgress,
): Promise<BenchResult> {
  const dataDir = mkdtempSync(join(tmpdir(), 'connectnow-bench-'))
  try {
    report(`writing and indexing ${messages} messages`)
    await runScript({
      script: 'rest/fill-store.ts',
      task: { messages },
      answer: fillAnswerSchema,
      settings: { DATA_DIR: dataDir },
      nodeArguments: ['--max-old-space-size=8192'],
    })
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
  const people = await signUpPeople(server.url, clients)
  const [person] = people
  if (person === undefined) throw new Error('Nobody asks')
  const channels = await readChannels(server.url, person)
  const channelId = await createSharedChannel(server.url, people, 'bench')
  const { texts } = readLoadTexts()
  const posts = `/channels/${channelId}/messages`
  const post: RequestLoad['requestOf'] = (number) => ({
    ...{ method: 'POST', path: posts, body: { content: texts[number % texts.length] } },
  })
  const kinds: { what: string; each: number; requestOf: RequestLoad['requestOf'] }[] = [
    {
      what: 'message page',
      each: PAGES,
      requestOf: (number) => ({
        method: 'GET',
        path: `/channels/${channels[number % channels.length]?.id}/messages`,
      }),
    },
    {
      what: 'channel list',
      each: LISTS,
      requestOf: () => ({ method: 'GET', path: '/channels' }),
    },
    {
      what: 'search',
      each: SEARCHES,
      requestOf: (number) => ({
        method: 'GET',
        path: `/messages/search?q=${encodeURIComponent(WORDS[number % WORDS.length] ?? '')}`,
      }),
    },
    { what: 'posting', each: POSTS, requestOf: post },
  ]
  const measured: Measured[] = []
  for (const { what, each, requestOf } of kinds) {
    report(`${what}, ${clients} clients`)
    const load = { people, requestOf }
    const run = async (target: RunningProcess): Promise<RequestTimes> => {
      await sendRequests({ ...load, server: target, each: WARM_UP })
      return sendRequests({ ...load, server: target, each })
    }
    measured.push({ what, bare: await run(bare), ours: await run(server) })
  }
  report('one client that posts, over REST and over the document')
  const alone = { server, people: [person], requestOf: post }
  await sendRequests({ ...alone, each: WARM_UP })
  const overRest = await sendRequests({ ...alone, each: SINGLE_POSTS })
  const seat = { url: server.url, person: { ...person, channelId } }
  const overDocument = await postOverDocument(seat, server.pid, texts.slice(0, SINGLE_POSTS))
  return describe(measured, { overRest, overDocument, messages, clients })
}

interface Posts {
  overRest: RequestTimes
  overDocument: RequestTimes
  messages: number
  clients: number
}

function describe(measured: readonly Measured[], posts: Posts): BenchResult {
  const { overRest, overDocument, messages, clients } = posts
  const row = (what: string, count: number, times: RequestTimes): BenchRow => ({
    what,
    clients: count,
    'a second': times.perSecond,
    'p50 ms': times.p50Ms,
    'p99 ms': times.p99Ms,
    'server CPU ms': times.cpuMs,
  })
  return {
    rows: [
      ...measured.flatMap(({ what, ours, bare }) => [
        row(what, clients, ours),
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
      `${messages} messages in the tables and the search index. Clients ask one request after another over connections that stay open.`,
      'Bare Hono runs the same SQL in a process of its own, for nobody in particular: no session, rights, limits, checks. Its post is an INSERT of the row with its indexes, as durable; no guard, document, search index or notification.',
      "A message over the document counts from sending until it is known to be on the server's disk, by the client's own engine.",
    ],
  }
}
