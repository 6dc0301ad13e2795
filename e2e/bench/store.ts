/** `store`: what it costs to store a message, in time and on disk, and where that goes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BenchArguments } from './bench-arguments.ts'
import type { BenchResult, BenchRow, ReportProgress } from './bench-result.ts'
import { runScript } from './run-script.ts'
import {
  storeAnswerSchema,
  storeTaskSchema,
  type StoreAnswer,
  type StoreTask,
} from './store/store-task.ts'

const MESSAGES = 20_000
/** Alone in a quiet channel, and among what a crowd sends within one turn of the event loop. */
const BATCHES = [1, 50]
const FUNCTIONS = 12
const TABLES = 5

const ways: Readonly<Record<StoreTask['way'], string>> = {
  connectnow: 'ConnectNow',
  'connectnow-leaving': 'ConnectNow, secure_delete off',
  plain: 'INSERT, no index',
  'plain-indexed': 'INSERT, with its indexes',
}

export async function runStore(
  { messages: [messages = MESSAGES] = [], clients: batches = BATCHES }: BenchArguments,
  report: ReportProgress,
): Promise<BenchResult> {
  const rows: BenchRow[] = []
  const notes = [
    `Each message is an update of its own, of ${messages} by 50 people. Batches are as large as the table says: so many share a transaction that is really on disk.`,
    'The baselines write the rows of the table of messages alone; no journal, no documents.',
  ]
  for (const batch of batches) {
    for (const way of storeTaskSchema.shape.way.options) {
      report(`${ways[way]}, ${messages} messages, ${batch} at once`)
      const answer = await store({ way, messages, batch, isProfiled: false })
      rows.push(describe(answer, { way, messages, batch }))
      if (way === 'connectnow' && batch === batches.at(-1)) {
        notes.push(...describeTables(answer, messages))
      }
    }
    report(`where the time goes, ${batch} at once`)
    const profiled = await store({ way: 'connectnow', messages, batch, isProfiled: true })
    notes.push(...describeProfile(profiled, { messages, batch }))
  }
  return { rows, verdicts: [], notes }
}

async function store(task: StoreTask): Promise<StoreAnswer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'connectnow-bench-'))
  try {
    const answer = await runScript({
      script: 'store/store-messages.ts',
      task,
      answer: storeAnswerSchema,
      settings: { DATA_DIR: dataDir },
    })
    if (answer.stored === task.messages) return answer
    throw new Error(`${answer.stored} of ${task.messages} messages are in the table`)
  } finally {
    rmSync(dataDir, { recursive: true })
  }
}

function describe(
  { ms, cpuMs, tables }: StoreAnswer,
  { way, messages, batch }: Omit<StoreTask, 'isProfiled'>,
): BenchRow {
  const each = (total: number): number => total / messages
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0)
  return {
    'stored by': ways[way],
    'at once': batch,
    'µs/message': each(ms) * 1_000,
    'CPU µs/message': each(cpuMs) * 1_000,
    'bytes/message': each(bytes),
  }
}

function describeTables({ tables }: StoreAnswer, messages: number): string[] {
  const largest = tables.slice(0, TABLES).map(({ table, isIndex, bytes }) => {
    const name = isIndex === 1 ? `indexes of ${table}` : table
    return `${name} ${Math.round(bytes / messages)}`
  })
  return [`Bytes on disk per message: ${largest.join(', ')}.`]
}

function describeProfile(
  { profile }: StoreAnswer,
  { messages, batch }: Pick<StoreTask, 'messages' | 'batch'>,
): string[] {
  if (profile === undefined) return []
  const list = (shares: readonly { what: string; ms: number }[]): string =>
    shares.map(({ what, ms }) => `${what} ${((ms * 1_000) / messages).toFixed(1)}`).join(', ')
  return [
    `µs per message by step, ${batch} at once: ${list(profile.steps)}.`,
    `µs per message in single functions: ${list(profile.functions.slice(0, FUNCTIONS))}.`,
  ]
}
