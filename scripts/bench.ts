/** `npm run bench -- <name>`: runs one benchmark, shows its figures and keeps them as JSON. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem, type } from 'node:os'
import { join, resolve } from 'node:path'
import { formatVerdict } from '../e2e/bench/aims.ts'
import {
  parseBenchArguments,
  type BenchArguments,
  type BenchName,
} from '../e2e/bench/bench-arguments.ts'
import { formatTable, type BenchResult, type ReportProgress } from '../e2e/bench/bench-result.ts'
import { runCatchup } from '../e2e/bench/catchup.ts'
import { runFanout } from '../e2e/bench/fanout.ts'
import { runFullCopy } from '../e2e/bench/full-copy.ts'
import { runIdle } from '../e2e/bench/idle.ts'
import { runImport } from '../e2e/bench/import.ts'
import { runOpen } from '../e2e/bench/open.ts'
import { runRest } from '../e2e/bench/rest.ts'
import { runSaturate } from '../e2e/bench/saturate.ts'
import { runSearch } from '../e2e/bench/search.ts'
import { runStore } from '../e2e/bench/store.ts'
import { readLoadTexts } from '../e2e/bench/load-texts.ts'
import { projectFolder } from './run-stages.ts'

type Run = (args: BenchArguments, report: ReportProgress) => Promise<BenchResult>

const benchmarks: Record<BenchName, Run> = {
  fanout: runFanout,
  saturate: runSaturate,
  open: runOpen,
  catchup: runCatchup,
  'full-copy': runFullCopy,
  import: runImport,
  store: runStore,
  idle: runIdle,
  search: runSearch,
  rest: runRest,
}

function describeMachine(): string {
  const gigabytes = Math.round(totalmem() / 2 ** 30)
  const processor = cpus()[0]?.model ?? 'unknown processor'
  return `${cpus().length} cores of ${processor}, ${gigabytes} GB, ${type()} ${release()}, Node ${process.version}`
}

async function bench(): Promise<void> {
  const args = parseBenchArguments(process.argv.slice(2))
  const run = benchmarks[args.name]
  const start = performance.now()
  const progress: ReportProgress = (line) => {
    const seconds = Math.round((performance.now() - start) / 1_000)
    console.error(`${String(seconds).padStart(4)} s  ${line}`)
  }
  const result = await run(args, progress)
  const measuredAt = new Date().toISOString()
  const notes = [
    `Machine: ${describeMachine()}. Server and clients share it.`,
    `Texts: ${readLoadTexts().source}.`,
    ...result.notes,
  ]
  console.log(`\n${formatTable(result.rows)}\n`)
  for (const note of notes) console.log(note)
  console.log()
  for (const verdict of result.verdicts) console.log(formatVerdict(verdict))

  const folder = resolve(projectFolder, args.into)
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${args.name}.json`)
  const kept = { name: args.name, measuredAt, arguments: args, ...result, notes }
  writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`)
  console.log(`\n${file}`)
}

try {
  await bench()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
