/** `import`: a history in JSON lines goes into a running server, while others chat there. */
import { execFile } from 'node:child_process'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGzip } from 'node:zlib'
import { z } from 'zod'
import { judgeAim } from './aims.ts'
import type { BenchArguments } from './bench-arguments.ts'
import type { BenchResult, ReportProgress } from './bench-result.ts'
import { CHAT_NOTE, chatFor, chatRow, chatUntil, warmUp } from './clients/chat.ts'
import { startClients } from './clients/start-clients.ts'
import type { History } from './history/bench-history.ts'
import { readHistory } from './history/read-history.ts'
import { percentile } from './percentile.ts'
import { startServerUnderLoad } from './servers/start-server-under-load.ts'

const MESSAGES = 520_000
const CHATTERS = 20
/** How long the usual chat is watched. */
const SECONDS = 20

const commandLine = join(import.meta.dirname, '../../server/cli.ts')
const reportSchema = z.object({ added: z.object({ messages: z.number() }) })

export async function runImport(
  {
    messages: [limit = MESSAGES] = [],
    clients: [chatters = CHATTERS] = [],
    seconds = SECONDS,
  }: BenchArguments,
  report: ReportProgress,
): Promise<BenchResult> {
  report(`writing ${limit} messages to a file`)
  const { source, ...history } = await readHistory(limit)
  const folder = mkdtempSync(join(tmpdir(), 'connectnow-bench-'))
  const server = await startServerUnderLoad('connectnow', { clients: chatters })
  try {
    const file = join(folder, 'history.jsonl.gz')
    await pipeline(Readable.from(toLines(history)), createGzip(), createWriteStream(file))
    const clients = await startClients(server)
    try {
      await warmUp(clients, seconds)
      report('others chat')
      const usual = await chatFor(clients, chatters, seconds)
      report('others chat, and the history is imported')
      const importing = importFile(server.dataDir, file)
      const meanwhile = await chatUntil(clients, chatters, importing)
      const { messages, ms } = await importing
      if (messages !== limit) throw new Error(`${messages} of ${limit} messages were imported`)
      return describe({ messages, ms, usual, meanwhile, source })
    } finally {
      await clients.stop()
    }
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true })
  }
}

function* toLines({ channels }: History): Generator<string> {
  for (const { slug, messages } of channels) {
    for (const { record } of messages()) {
      const line = {
        ...{ workspace: 'bench', channel: slug, user: record.authorId, text: record.content },
        ts: new Date(record.createdAt).toISOString(),
      }
      yield `${JSON.stringify(line)}\n`
    }
  }
}

async function importFile(
  dataDir: string,
  file: string,
): Promise<{ messages: number; ms: number }> {
  const start = performance.now()
  const { PATH = '', HOME = '' } = process.env
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [commandLine, 'import', 'jsonl', file, '--json'],
    { env: { PATH, HOME, DATA_DIR: dataDir } },
  )
  const { added } = reportSchema.parse(JSON.parse(stdout))
  return { messages: added.messages, ms: performance.now() - start }
}

interface Findings {
  messages: number
  ms: number
  usual: Float64Array
  meanwhile: Float64Array
  source: string
}

function describe({ messages, ms, usual, meanwhile, source }: Findings): BenchResult {
  const seconds = ms / 1_000
  return {
    rows: [
      { what: 'import', messages, seconds, 'a second': messages / seconds },
      chatRow('chat as usual', usual),
      chatRow('chat meanwhile', meanwhile),
    ],
    verdicts: [
      judgeAim({
        what: 'p99 of chatting meanwhile',
        value: percentile(meanwhile, 0.99),
        baseline: 'as usual',
        baselineValue: percentile(usual, 0.99),
        bound: 'at most',
        times: 1.5,
      }),
    ],
    notes: [`History: ${source}.`, CHAT_NOTE],
  }
}
