/**
 * Many clients on bad links write for minutes while the server restarts and is killed; in the end
 * they, the documents and the tables must be equal. On this machine alone, and bounded in time.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { channelSchema } from '../../shared/api/channels.ts'
import { placeOf } from '../testing/expected-records.ts'
import { signUp, type Person } from '../testing/person.ts'
import { readTables } from '../testing/read-tables.ts'
import { createSeededRandom } from '../testing/seeded-random.ts'
import { findFreePort } from '../testing/find-free-port.ts'
import { runServerCommand, spawnServer, type ServerProcess } from '../testing/server-process.ts'
import { createMemoryRecord, type MemoryReport } from './memory-record.ts'
import type { SoakOutcome, SoakRequest } from './soak-messages.ts'

export interface SoakOptions {
  minutes: number
  clients: number
  seed: number
  report: (line: string) => void
}

export interface SoakResult {
  /** What is not as it must be; none when all is well. */
  faults: string[]
  messages: number
  acknowledged: number
  restarts: number
  kills: number
  memory: MemoryReport
}

const PROCESSES = 2
const MINUTE_MS = 60_000
const SAMPLE_MS = 1_000
/** For all to be delivered and equal, when nothing fails any more. */
const SETTLE_LIMIT_MS = 3 * MINUTE_MS
/** Longer lives show better how memory grows; shorter ones fail more often. */
const LONGEST_LIFE_SHARE = 0.4
/** So small that segments roll in short soaks, too. */
const settings = { SEGMENT_MAX_MESSAGES: '200', SEGMENT_MAX_CLIENTS: '60' }

export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const { clients, minutes, seed, report } = options
  const dataDir = mkdtempSync(join(tmpdir(), 'connectnow-soak-'))
  const port = await findFreePort()
  const random = createSeededRandom(seed)
  const memory = createMemoryRecord(Date.now)
  const faults: string[] = []
  const counts = { restarts: 0, kills: 0 }
  let server = await start()
  const workers: SoakWorker[] = []

  async function start(): Promise<ServerProcess> {
    const onEnd = (error: Error): void => void faults.push(error.message)
    return (await spawnServer(dataDir, onEnd, { port, settings })).listening
  }

  async function failForMinutes(): Promise<void> {
    const end = Date.now() + minutes * MINUTE_MS
    const longestLifeMs = Math.max(5_000, minutes * MINUTE_MS * LONGEST_LIFE_SHARE)
    while (Date.now() < end) {
      await after(Math.min(end - Date.now(), 2_000 + random.below(longestLifeMs)))
      if (random.below(2) === 0) {
        counts.kills += 1
        await server.kill()
      } else {
        counts.restarts += 1
        await server.stop()
      }
      await after(random.below(3_000))
      server = await start()
      report(`${counts.restarts} restarts, ${counts.kills} kills`)
    }
  }

  const sampling = setInterval(() => memory.sample(server.pid), SAMPLE_MS)
  try {
    const people: Person[] = []
    for (let index = 0; index < clients; index += 1) {
      people.push(await signUp(server.url, `Soaked${index}`))
    }
    const channelId = await createSharedChannel(server.url, people)
    report(`${people.length} clients in ${PROCESSES} processes`)
    for (let index = 0; index < PROCESSES; index += 1) {
      const seats = people.filter((_, client) => client % PROCESSES === index)
      const worker = startWorker()
      workers.push(worker)
      worker.send({
        type: 'start',
        url: server.url,
        channelId,
        seats: seats.map(({ userId, cookie }) => ({ userId, cookie })),
        seed: seed + index * clients,
      })
    }
    await failForMinutes()
    report('the network is good from now on')
    for (const worker of workers) worker.send({ type: 'calm' })
    const outcomes = await compareUntilEqual(workers)
    faults.push(...findDifferences(outcomes))
    for (const worker of workers) worker.send({ type: 'close' })
    memory.sample(server.pid)
    await server.stop()
    const verified = await runServerCommand(dataDir, ['verify'])
    if (verified.code !== 0) faults.push(`verify: ${verified.output}`)
    const rows = readTables(dataDir, channelId)
    const acknowledged = outcomes.flatMap((outcome) => outcome.acknowledged)
    for (const id of acknowledged) {
      if (!rows.has(placeOf({ root: 'messages', key: id }))) faults.push(`${id} has no row`)
    }
    return {
      faults,
      messages: outcomes[0]?.messages ?? 0,
      acknowledged: acknowledged.length,
      ...counts,
      memory: memory.report(),
    }
  } finally {
    clearInterval(sampling)
    for (const worker of workers) worker.kill()
    await server.kill()
    rmSync(dataDir, { recursive: true })
  }
}

async function compareUntilEqual(workers: readonly SoakWorker[]): Promise<SoakOutcome[]> {
  const end = Date.now() + SETTLE_LIMIT_MS
  for (;;) {
    const outcomes = await Promise.all(workers.map((worker) => worker.compare()))
    if (findDifferences(outcomes).length === 0 || Date.now() > end) return outcomes
    await after(SAMPLE_MS)
  }
}

function findDifferences(outcomes: readonly SoakOutcome[]): string[] {
  const faults = outcomes.flatMap((outcome) => outcome.faults)
  const digests = new Set(outcomes.map(({ digest }) => digest))
  return digests.size > 1 ? [...faults, 'the screens of two processes differ'] : faults
}

async function createSharedChannel(url: string, [owner, ...others]: readonly Person[]) {
  if (owner === undefined) throw new Error('A soak needs somebody')
  const response = await owner.post(url, '/api/channels', { name: 'Soak', slug: 'soak' })
  const { id } = channelSchema.parse(await response.json())
  for (const { userId } of others) await owner.post(url, `/api/channels/${id}/members`, { userId })
  return id
}

interface SoakWorker {
  send: (request: SoakRequest) => void
  compare: () => Promise<SoakOutcome>
  kill: () => void
}

function startWorker(): SoakWorker {
  const child = fork(join(import.meta.dirname, 'soak-worker.ts'))
  const died = once(child, 'exit').then(() => {
    throw new Error('A process of clients ended before its time')
  })
  // Whoever has been compared may go.
  died.catch(() => undefined)
  const send = (request: SoakRequest): void => void child.send(request)
  return {
    send,
    async compare() {
      const answered = once(child, 'message')
      send({ type: 'compare' })
      const [outcome] = (await Promise.race([answered, died])) as [SoakOutcome] // all that it sends
      return outcome
    },
    kill: () => void child.kill('SIGKILL'),
  }
}
