/** Counts passed and failed tests from the reports that Vitest and Playwright write. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { projectFolder } from './run-stages.ts'

export interface TestCount {
  passed: number
  failed: number
}

const vitestSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
})

const playwrightSchema = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number() }),
  errors: z.array(z.unknown()).default([]),
})

/** Reads Vitest's report; a file that could not even be loaded counts as one failure. */
export function readVitestCount(file: string): TestCount {
  const { numPassedTests, numFailedTests, testResults } = vitestSchema.parse(readReport(file))
  const unloaded = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  return { passed: numPassedTests, failed: numFailedTests + unloaded.length }
}

/** Reads Playwright's report; an error outside of the tests counts as one failure. */
export function readPlaywrightCount(file: string): TestCount {
  const { stats, errors } = playwrightSchema.parse(readReport(file))
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length }
}

function readReport(file: string): unknown {
  return JSON.parse(readFileSync(join(projectFolder, file), 'utf8'))
}
