/**
 * Whole histories by seed: whatever happens to five people, their tabs, their network and their
 * server, all ends equal and nothing is lost. `npm run simulate` plays other seeds, and more.
 */
// Before anything that keeps a timer or a clock.
import '../testing/simulation/virtual-time.ts'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { signUpCast, type Cast } from '../testing/simulation/cast.ts'
import { CAST_SIZE, playHistory } from '../testing/simulation/play-history.ts'
import { stepsArbitrary } from '../testing/simulation/steps.ts'

const { SIMULATION_SEED, SIMULATION_RUNS, SIMULATION_SHORTEN } = z
  .object({
    SIMULATION_SEED: z.coerce.number().int().default(1),
    SIMULATION_RUNS: z.coerce.number().int().min(1).default(300),
    /** Looks for fewer steps that fail too. */
    SIMULATION_SHORTEN: z.stringbool().default(false),
  })
  .parse(process.env)

const MAX_FAILURES = 3
const MS_A_RUN = 10_000
const TIMEOUT_MS = 600_000 + SIMULATION_RUNS * MS_A_RUN

let cast: Cast

beforeAll(async () => {
  cast = await signUpCast(CAST_SIZE)
  // Hocuspocus prints each refusal.
  vi.spyOn(console, 'log').mockReturnValue(undefined)
  vi.spyOn(console, 'warn').mockReturnValue(undefined)
  vi.spyOn(console, 'error').mockReturnValue(undefined)
})
afterAll(() => cast.close())

async function play(seed: number): Promise<Error | undefined> {
  const history = fc.asyncProperty(stepsArbitrary, (steps) => playHistory(cast, { seed, steps }))
  const result = await fc.check(history, {
    seed,
    numRuns: 1,
    unbiased: true,
    endOnFailure: !SIMULATION_SHORTEN,
  })
  if (!result.failed) return undefined
  const steps = result.counterexample?.[0].map((step) => JSON.stringify(step)).join('\n')
  return new Error(
    `To repeat: npm run simulate -- --seed ${seed}\n${SIMULATION_SHORTEN ? steps : ''}`,
    { cause: result.errorInstance },
  )
}

test(
  `P5 P6 all ends equal and nothing is lost, from seed ${SIMULATION_SEED}, ${SIMULATION_RUNS} times`,
  async () => {
    const failures: Error[] = []
    const end = SIMULATION_SEED + SIMULATION_RUNS
    for (let seed = SIMULATION_SEED; seed < end && failures.length < MAX_FAILURES; seed += 1) {
      const failure = await play(seed)
      if (failure !== undefined) failures.push(failure)
    }
    expect(failures).toEqual([])
  },
  TIMEOUT_MS,
)
