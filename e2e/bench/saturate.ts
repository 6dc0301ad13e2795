/**
 * `saturate`: 50 clients in one channel write faster and faster, until half of a blink is no longer
 * enough for what they write to be everywhere, or until something is lost.
 */
import { judgeAim, type Verdict } from './aims.ts'
import type { BenchArguments } from './bench-arguments.ts'
import type { BenchResult, BenchRow, ReportProgress } from './bench-result.ts'
import { serverKinds, type ServerKind } from './clients/load-client.ts'
import { startClients, type LoadResult, type RunningClients } from './clients/start-clients.ts'
import { describeLoad, describeLoss } from './fanout.ts'
import { startServerUnderLoad } from './servers/start-server-under-load.ts'

const CLIENTS = 50
const SECONDS = 4
const MAX_P99_MS = 250
const FIRST_PER_SECOND = 100
const FACTOR = 1.3
const STEPS = 20
/** A step that fails is tried once more: something else on the machine may have had its turn. */
const ATTEMPTS = 2
const WARM_UP = { messagesPerSecond: 200, seconds: 2 }
/** People do not write as fast as this, so ConnectNow would refuse it. */
const SETTINGS = { UPDATES_PER_SECOND: '100000' }

interface Step {
  messagesPerSecond: number
  result: LoadResult
}

interface Climb {
  /** The fastest step that held. */
  best: Step | undefined
  /** The one that did not. */
  failed: Step | undefined
  endedBy: string
}

export async function runSaturate(
  { seconds = SECONDS, clients = [CLIENTS], messages: steps = climbingSteps() }: BenchArguments,
  report: ReportProgress,
): Promise<BenchResult> {
  const rows: BenchRow[] = []
  const verdicts: Verdict[] = []
  for (const count of clients) {
    const reached = new Map<ServerKind, number>()
    for (const kind of serverKinds) {
      const { best, failed, endedBy } = await climb({ kind, count, seconds, steps }, report)
      const shown = best ?? failed
      if (shown === undefined) throw new Error('There are no steps')
      if (best !== undefined) reached.set(kind, deliveriesPerSecond(best.result))
      rows.push({
        server: kind,
        clients: count,
        'messages/s': shown.messagesPerSecond,
        'deliveries/s': deliveriesPerSecond(shown.result),
        ...describeLoad(shown.result),
        'ended by': endedBy,
      })
    }
    verdicts.push(...judge(count, reached))
  }
  const notes = [
    `The figures are those of the fastest step that held, or of the first when not even that did, which then counts for nothing; each took ${seconds} s, and the next was ${FACTOR} times as fast.`,
    'Server and clients share the machine: where clients cost more than their server, it is they who end the climb.',
    "ConnectNow's limit of updates per person is lifted; all else is as people run it.",
  ]
  return { rows, verdicts, notes }
}

interface ClimbOptions {
  kind: ServerKind
  count: number
  seconds: number
  /** Messages a second. */
  steps: readonly number[]
}

function climbingSteps(): number[] {
  return Array.from({ length: STEPS }, (_, step) => Math.round(FIRST_PER_SECOND * FACTOR ** step))
}

async function climb(
  { kind, count, seconds, steps }: ClimbOptions,
  report: ReportProgress,
): Promise<Climb> {
  const server = await startServerUnderLoad(kind, { clients: count, settings: SETTINGS })
  try {
    const clients = await startClients(server)
    try {
      await clients.run({ ...WARM_UP, seconds: Math.min(WARM_UP.seconds, seconds) })
      let best: Step | undefined
      for (const messagesPerSecond of steps) {
        report(`${kind}, ${count} clients, ${messagesPerSecond} messages a second`)
        const load = { messagesPerSecond, seconds }
        const { result, failure } = await attempt({ clients, kind, count, load })
        if (failure !== undefined) {
          const failed = { messagesPerSecond, result }
          return { best, failed, endedBy: `${failure} at ${messagesPerSecond}/s` }
        }
        best = { messagesPerSecond, result }
      }
      return { best, failed: undefined, endedBy: 'the last step' }
    } finally {
      await clients.stop()
    }
  } finally {
    await server.stop()
  }
}

interface AttemptOptions {
  clients: RunningClients
  kind: ServerKind
  count: number
  load: { messagesPerSecond: number; seconds: number }
}

async function attempt({
  clients,
  kind,
  count,
  load,
}: AttemptOptions): Promise<{ result: LoadResult; failure: string | undefined }> {
  for (let left = ATTEMPTS - 1; ; left -= 1) {
    const result = await clients.run(load)
    const failure = failureOf(result)
    // Under whatever load: these are promised.
    if (result.duplicates > 0 || (kind === 'connectnow' && !result.isCorrect)) {
      throw new Error(`${kind}: ${describeLoss(result, count)}`)
    }
    if (failure === undefined || left === 0) return { result, failure }
  }
}

function failureOf({ isCorrect, p99Ms }: LoadResult): string | undefined {
  if (!isCorrect) return 'loss'
  return p99Ms > MAX_P99_MS ? `p99 ${Math.round(p99Ms)} ms` : undefined
}

function deliveriesPerSecond({ deliveries, durationMs }: LoadResult): number {
  return (deliveries * 1_000) / durationMs
}

function judge(count: number, reached: ReadonlyMap<ServerKind, number>): Verdict[] {
  const compare = (baseline: ServerKind, times: number): Verdict =>
    judgeAim({
      what: `${count} clients, deliveries a second`,
      value: reached.get('connectnow') ?? Number.NaN,
      baseline,
      baselineValue: reached.get(baseline) ?? Number.NaN,
      bound: 'at least',
      times,
    })
  return [compare('socketio-sqlite', 5), compare('ws-relay', 1)]
}
