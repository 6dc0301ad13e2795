/** `open`: from nothing to the newest 50 messages, in conversations of very different lengths. */
import { rmSync } from 'node:fs'
import { z } from 'zod'
import { judgeAim, type Verdict } from './aims.ts'
import type { BenchArguments } from './bench-arguments.ts'
import type { BenchResult, BenchRow, ReportProgress } from './bench-result.ts'
import { fillDataDirectory } from './history/fill-data-directory.ts'
import { percentile } from './percentile.ts'
import { runScript } from './run-script.ts'
import { readChannels, signUpPeople } from './servers/people.ts'
import { startConnectNowProcess } from './servers/start-server-under-load.ts'

const LENGTHS = [1_000, 100_000, 1_000_000]
/** Of the history in one document; a million would take a browser down, which is why there are segments. */
const MAX_UNSEGMENTED = 100_000
const UNSEGMENTED = { SEGMENT_MAX_MESSAGES: '1000000000', SEGMENT_MAX_CLIENTS: '1000000000' }
/** Opened by each process before it measures anything. */
const WARM_UP_LENGTH = 200
const SCREEN = 50
const ROUNDS = 7
const TIMEOUT_MS = 120_000

const openingSchema = z.object({ ms: z.number(), bytes: z.number(), heapBytes: z.number() })
const documentSchema = openingSchema.extend({ screenMs: z.number(), pageBytes: z.number() })
const answerSchema = z.object({ document: documentSchema, page: openingSchema })
type Opening = z.infer<typeof openingSchema>
type DocumentOpening = z.infer<typeof documentSchema>
type Openings = z.infer<typeof answerSchema>

export async function runOpen(
  { messages: lengths = LENGTHS, seconds }: BenchArguments,
  report: ReportProgress,
): Promise<BenchResult> {
  const rounds = seconds ?? ROUNDS
  const segmented = await measureAll({ lengths, rounds, settings: {} }, report)
  const wholeLength = Math.min(MAX_UNSEGMENTED, Math.max(...lengths))
  const [whole] = await measureAll(
    { lengths: [wholeLength], rounds, settings: UNSEGMENTED },
    report,
  )
  const shortest = segmented[0]
  const longest = segmented.at(-1)
  if (shortest === undefined || longest === undefined || whole === undefined) {
    throw new Error('Nothing was measured')
  }
  return {
    rows: [
      ...lengths.flatMap((length, index): BenchRow[] => {
        const found = segmented[index]
        if (found === undefined) return []
        return [
          documentRow(length, 'segments', found.document),
          row(length, `REST page of ${SCREEN}`, found.page),
        ]
      }),
      documentRow(wholeLength, 'one document', whole.document),
    ],
    verdicts: judge(shortest.document, longest),
    notes: [
      `Medians of ${rounds} openings, each by a process of its own, without IndexedDB, in which another conversation had been opened before.`,
      `Time from making the engine to the first ${SCREEN} messages in its list from the document, and before that from anywhere ("screen ms"): connecting and signing in are part of it. Bytes are those that TCP brought, over the WebSocket and, of the REST page, over HTTP ("page kB").`,
      `The directory, which a device reads first in any case, is not part of it; heap is what is left after a collection.`,
      ...(wholeLength < Math.max(...lengths)
        ? [
            `In one document only ${wholeLength} messages are measured: filling it with more does not end in reasonable time.`,
          ]
        : []),
    ],
  }
}

function judge(shortest: Opening, { document, page }: Openings): Verdict[] {
  const ofShortest = (what: keyof Opening, name: string): Verdict =>
    judgeAim({
      what: `the longest conversation, ${name}`,
      value: document[what],
      baseline: 'the shortest',
      baselineValue: shortest[what],
      bound: 'at most',
      times: 1.2,
    })
  return [
    ofShortest('ms', 'time'),
    ofShortest('bytes', 'bytes'),
    ofShortest('heapBytes', 'heap'),
    judgeAim({
      what: 'the longest conversation, time to the first screen',
      value: document.screenMs,
      baseline: 'a REST page',
      baselineValue: page.ms,
      bound: 'at most',
      times: 2,
    }),
  ]
}

function row(messages: number, from: string, { ms, bytes, heapBytes }: Opening): BenchRow {
  return { messages, from, ms, kB: bytes / 1_000, 'heap MB': heapBytes / 1_000_000 }
}

function documentRow(messages: number, from: string, opening: DocumentOpening): BenchRow {
  const { screenMs, pageBytes } = opening
  return {
    ...row(messages, from, opening),
    'screen ms': screenMs,
    'page kB': pageBytes / 1_000,
  }
}

interface Measurement {
  lengths: readonly number[]
  rounds: number
  settings: Readonly<Record<string, string>>
}

/** Of each length, in the order given; all in one server. */
async function measureAll(
  { lengths, rounds, settings }: Measurement,
  report: ReportProgress,
): Promise<Openings[]> {
  report(`writing conversations of ${lengths.join(', ')} messages`)
  const all = [WARM_UP_LENGTH, ...lengths]
  const dataDir = await fillDataDirectory({ kind: 'invented', lengths: all }, settings)
  const server = await startConnectNowProcess({ settings, dataDir }).catch((error: unknown) => {
    rmSync(dataDir, { recursive: true })
    throw error
  })
  try {
    const [person] = await signUpPeople(server.url, 1)
    if (person === undefined) throw new Error('Nobody signed up')
    const channels = new Map(
      (await readChannels(server.url, person)).map((channel) => [channel.slug, channel]),
    )
    const places = all.map((_, index) => {
      const channel = channels.get(`history-${index + 1}`)
      if (channel === undefined) throw new Error(`Channel ${index + 1} was not written`)
      return { channelId: channel.id, newestSegment: channel.newestSegment }
    })
    const [warmUp, ...measured] = places
    const owner = { ...person, url: server.url }
    const found = measured.map((): Openings[] => [])
    for (let round = 0; round < rounds; round += 1) {
      report(`opening them, ${round + 1} of ${rounds}`)
      for (const [index, place] of measured.entries()) {
        const task = { owner, warmUp, measured: place, enough: SCREEN, timeoutMs: TIMEOUT_MS }
        found[index]?.push(
          await runScript({
            script: 'clients/open-once.ts',
            task,
            answer: answerSchema,
            nodeArguments: ['--expose-gc'],
          }),
        )
      }
    }
    return found.map((openings) => ({
      document: medians(
        ['ms', 'bytes', 'heapBytes', 'screenMs', 'pageBytes'],
        openings.map(({ document }) => document),
      ),
      page: medians(
        ['ms', 'bytes', 'heapBytes'],
        openings.map(({ page }) => page),
      ),
    }))
  } finally {
    await server.stop()
  }
}

function medians<Key extends string>(
  keys: readonly Key[],
  found: readonly Readonly<Record<Key, number>>[],
): Record<Key, number> {
  const entries = keys.map((key) => {
    const values = Float64Array.from(found, (each) => each[key]).sort()
    return [key, percentile(values, 0.5)] as const
  })
  return Object.fromEntries(entries) as Record<Key, number> // of all keys
}
