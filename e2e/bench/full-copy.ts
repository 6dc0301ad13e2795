/**
 * `full-copy`: a new device fetches the whole history of a workspace for reading offline, while
 * others chat.
 */
import { rmSync } from 'node:fs'
import { z } from 'zod'
import { judgeAim } from './aims.ts'
import type { BenchArguments } from './bench-arguments.ts'
import type { BenchResult, ReportProgress } from './bench-result.ts'
import { CHAT_NOTE, chatFor, chatRow, chatUntil, warmUp } from './clients/chat.ts'
import { startClients } from './clients/start-clients.ts'
import { fillDataDirectory } from './history/fill-data-directory.ts'
import { gzippedJsonBytes } from './history/gzipped-json.ts'
import { readHistory } from './history/read-history.ts'
import { percentile } from './percentile.ts'
import { runScript } from './run-script.ts'
import { readChannels } from './servers/people.ts'
import { startServerUnderLoad, type ServerUnderLoad } from './servers/start-server-under-load.ts'

const MESSAGES = 520_000
const CHATTERS = 20
/** How long the usual chat is watched. */
const SECONDS = 20
const TIMEOUT_MS = 20 * 60_000

const copySchema = z.object({ ms: z.number(), bytes: z.number(), messages: z.number() })
type Copy = z.infer<typeof copySchema>

export async function runFullCopy(
  {
    messages: [limit = MESSAGES] = [],
    clients: [chatters = CHATTERS] = [],
    seconds = SECONDS,
  }: BenchArguments,
  report: ReportProgress,
): Promise<BenchResult> {
  report(`reading ${limit} messages, and weighing them as JSON`)
  const { jsonBytes, messages, source } = await weighHistory(limit)
  report(`writing ${messages} messages`)
  const dataDir = await fillDataDirectory({ kind: 'sample', messages: limit })
  const server = await startServerUnderLoad('connectnow', { clients: chatters, dataDir }).catch(
    (error: unknown) => {
      rmSync(dataDir, { recursive: true, force: true })
      throw error
    },
  )
  try {
    const clients = await startClients(server)
    try {
      await warmUp(clients, seconds)
      report('others chat')
      const usual = await chatFor(clients, chatters, seconds)
      report('others chat, and a new device copies')
      const copying = copyEverything(server)
      const meanwhile = await chatUntil(clients, chatters, copying)
      const copy = await copying
      if (copy.messages !== messages) {
        throw new Error(`The device has ${copy.messages} of ${messages} messages`)
      }
      return describe({ copy, jsonBytes, usual, meanwhile, source })
    } finally {
      await clients.stop()
    }
  } finally {
    await server.stop()
  }
}

async function weighHistory(limit: number) {
  const { channels, source } = await readHistory(limit)
  let jsonBytes = 0
  let messages = 0
  for (const channel of channels) {
    jsonBytes += await gzippedJsonBytes(channel.messages())
    messages += channel.count
  }
  return { jsonBytes, messages, source }
}

async function copyEverything(server: ServerUnderLoad): Promise<Copy> {
  const [seat] = server.seats
  if (seat?.person === undefined) throw new Error('Nobody has a seat')
  const channels = (await readChannels(server.url, seat.person))
    .filter(({ slug }) => slug.startsWith('history-'))
    .map(({ id, newestSegment }) => ({ id, newestSegment }))
  return runScript({
    script: 'clients/copy-everything.ts',
    task: { owner: { url: server.url, ...seat.person }, channels, timeoutMs: TIMEOUT_MS },
    answer: copySchema,
    nodeArguments: ['--max-old-space-size=8192'],
  })
}

interface Findings {
  copy: Copy
  jsonBytes: number
  usual: Float64Array
  meanwhile: Float64Array
  source: string
}

function describe({ copy, jsonBytes, usual, meanwhile, source }: Findings): BenchResult {
  const { ms, bytes, messages } = copy
  return {
    rows: [
      { what: 'full copy', messages, seconds: ms / 1_000, MB: bytes / 1_000_000 },
      { what: 'gzipped JSON', messages, MB: jsonBytes / 1_000_000 },
      chatRow('chat as usual', usual),
      chatRow('chat meanwhile', meanwhile),
    ],
    verdicts: [
      judgeAim({
        what: 'bytes of the full copy',
        value: bytes,
        baseline: 'gzipped JSON of the same messages',
        baselineValue: jsonBytes,
        bound: 'at most',
        times: 1.5,
      }),
      judgeAim({
        what: 'p99 of chatting meanwhile',
        value: percentile(meanwhile, 0.99),
        baseline: 'as usual',
        baselineValue: percentile(usual, 0.99),
        bound: 'at most',
        times: 1.5,
      }),
    ],
    notes: [
      `History: ${source}. The JSON is one array of records for each channel, gzipped.`,
      `Bytes are those that TCP brought to the device. It runs at the lowest priority, and its IndexedDB is in memory; every message was counted in it afterwards.`,
      CHAT_NOTE,
    ],
  }
}
