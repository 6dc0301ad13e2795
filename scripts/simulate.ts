/** `npm run simulate -- [--runs <n>] [--seed <n>] [--shorten]`: plays histories of fresh seeds. */
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { projectFolder } from './run-stages.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    seed: { type: 'string' },
    shorten: { type: 'boolean', default: false },
  },
})
const seed = values.seed ?? String(Date.now() % 1_000_000_000)
const runs = values.runs ?? (values.seed === undefined ? '1000' : '1')
const { status } = spawnSync('npx', ['vitest', 'run', 'client/engine/simulation.test.ts'], {
  cwd: projectFolder,
  stdio: 'inherit',
  env: {
    ...process.env,
    SIMULATION_SEED: seed,
    SIMULATION_RUNS: runs,
    SIMULATION_SHORTEN: String(values.shorten),
  },
})
process.exitCode = status ?? 1
