/** `npm run soak -- --minutes <n> [--clients <n>] [--seed <n>]`: fails when something differs. */
import { parseArgs } from 'node:util'
import { runSoak } from '../e2e/soak/run-soak.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    clients: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const [minutes, clients, seed] = [values.minutes, values.clients, values.seed].map(Number)
if (!(Number(minutes) > 0 && Number(clients) > 0 && Number.isInteger(seed))) {
  throw new Error('npm run soak -- --minutes <n> [--clients <n>] [--seed <n>]')
}

const startedAt = performance.now()
const result = await runSoak({
  minutes: Number(minutes),
  clients: Number(clients),
  seed: Number(seed),
  report(line) {
    const seconds = Math.round((performance.now() - startedAt) / 1_000)
    console.error(`${String(seconds).padStart(5)} s  ${line}`)
  },
})
const { startBytes, peakBytes, endBytes, growthPerHourBytes } = result.memory
console.log(
  `${result.messages} messages, ${result.acknowledged} of them seen as sent by who wrote them; ` +
    `${result.restarts} restarts, ${result.kills} kills; seed ${seed}`,
)
console.log(
  `Server memory: ${megabytes(startBytes)} at the start, ${megabytes(peakBytes)} at most, ` +
    `${megabytes(endBytes)} at the end, ` +
    (growthPerHourBytes === undefined
      ? 'growth not measured: no process lived long enough'
      : `${megabytes(growthPerHourBytes)} growth in an hour`),
)
for (const fault of result.faults) console.error(fault)
console.log(result.faults.length === 0 ? 'All is equal, and nothing is lost.' : 'It differs.')
process.exitCode = result.faults.length === 0 ? 0 : 1

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`
}
