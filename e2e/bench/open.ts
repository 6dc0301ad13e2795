/** `open`: from nothing to the newest 50 messages, in conversations of very different lengths. */
import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { listChannelsResponseSchema } from '../../shared/api/channels.ts'
import { judgeAim } from './aims.ts'
import type { BenchArguments } from './bench-arguments.ts'
import type { BenchResult, BenchRow, ReportProgress } from './bench-result.ts'
import { readLoadTexts } from './load-texts.ts'
import { percentile } from './percentile.ts'
import { importHistory } from './servers/import-history.ts'
import { signUpPeople, type BenchPerson } from './servers/people.ts'
import { startConnectNowProcess } from './servers/start-server-under-load.ts'

const SHORT = 1_000
const LONG = 100_000
const ROUNDS = 7
/** All in one document: what a conversation without segments is. */
const UNSEGMENTED = { SEGMENT_MAX_MESSAGES: '1000000000', SEGMENT_MAX_CLIENTS: '1000000000' }

interface Opening {
  ms: number
  bytes: number
  heapBytes: number
}

const openingSchema = z.object({ ms: z.number(), bytes: z.number(), heapBytes: z.number() })

export async function runOpen(_args: BenchArguments, report: ReportProgress): Promise<BenchResult> {
  report(`${SHORT} messages`)
  const short = await measure(SHORT, {})
  report(`${LONG} messages`)
  const long = await measure(LONG, {})
  report(`${LONG} messages in one document`)
  const whole = await measure(LONG, UNSEGMENTED)
  const compare = (what: keyof Opening) =>
    judgeAim({
      what: `${LONG} messages, ${what}`,
      value: long.document[what],
      baseline: `${SHORT} messages`,
      baselineValue: short.document[what],
      bound: 'at most',
      times: 1.2,
    })
  return {
    rows: [
      row(`${SHORT} messages`, short.document),
      row(`${LONG} messages`, long.document),
      row(`${LONG} messages, one document`, whole.document),
      row(`${LONG} messages, REST page of 50`, long.page),
    ],
    verdicts: [
      compare('ms'),
      compare('bytes'),
      compare('heapBytes'),
      judgeAim({
        what: `${LONG} messages, time to first screen`,
        value: long.document.ms,
        baseline: 'a REST page of 50',
        baselineValue: long.page.ms,
        bound: 'at most',
        times: 2,
      }),
    ],
    notes: [
      `Medians of ${ROUNDS} openings, each by a process of its own, without IndexedDB and after the engine was loaded.`,
    ],
  }
}

function row(what: string, { ms, bytes, heapBytes }: Opening): BenchRow {
  return { conversation: what, ms, kB: bytes / 1_000, 'heap MB': heapBytes / 1_000_000 }
}

async function measure(
  messages: number,
  settings: Readonly<Record<string, string>>,
): Promise<{ document: Opening; page: Opening }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'connectnow-bench-'))
  await importHistory(dataDir, messages, { texts: readLoadTexts().texts, settings })
  const server = await startConnectNowProcess({ settings, dataDir })
  try {
    const [person] = await signUpPeople(server.url, 1)
    if (person === undefined) throw new Error('Nobody signed up')
    const documents: Opening[] = []
    const pages: Opening[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      documents.push(await openConversation(server.url, person))
      pages.push(await readPage(server.url, person))
    }
    return { document: median(documents), page: median(pages) }
  } finally {
    await server.stop()
  }
}

async function findChannel(url: string, { cookie }: BenchPerson) {
  const response = await fetch(`${url}/api/channels`, { headers: { cookie } })
  const { channels } = listChannelsResponseSchema.parse(await response.json())
  const channel = channels.find(({ slug }) => slug === 'bench')
  if (channel === undefined) throw new Error('The channel was not imported')
  return channel
}

async function openConversation(url: string, person: BenchPerson): Promise<Opening> {
  const { id: channelId, newestSegment } = await findChannel(url, person)
  const { cookie, userId } = person
  const task = JSON.stringify({ url, cookie, userId, channelId, newestSegment })
  const script = join(import.meta.dirname, 'clients/open-conversation.ts')
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, task])
  return openingSchema.parse(JSON.parse(stdout))
}

async function readPage(url: string, person: BenchPerson): Promise<Opening> {
  const { id } = await findChannel(url, person)
  const startedAt = performance.now()
  const response = await fetch(`${url}/api/channels/${id}/messages?limit=50`, {
    headers: { cookie: person.cookie },
  })
  const { byteLength } = await response.arrayBuffer()
  return { ms: performance.now() - startedAt, bytes: byteLength, heapBytes: 0 }
}

function median(openings: readonly Opening[]): Opening {
  const middle = (what: keyof Opening): number =>
    percentile(Float64Array.from(openings, (opening) => opening[what]).sort(), 0.5)
  return { ms: middle('ms'), bytes: middle('bytes'), heapBytes: middle('heapBytes') }
}
