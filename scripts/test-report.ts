/** Reads which tests passed and failed from the reports that Vitest and Playwright write. */
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { z } from 'zod'
import { projectFolder } from './run-stages.ts'

export interface TestReport {
  passed: number
  /** One text per failure: the test's file and name, and under it what failed. */
  failures: readonly string[]
}

/** How many lines of an error are told again at the end; the rest stands where it happened. */
const MAX_ERROR_LINES = 12

const vitestSchema = z.object({
  numPassedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(''),
      assertionResults: z.array(
        z.object({
          status: z.string(),
          fullName: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
})

const errorSchema = z.object({ message: z.string().default('') })

const specSchema = z.object({
  title: z.string(),
  file: z.string(),
  tests: z.array(
    z.object({
      status: z.string(),
      results: z.array(z.object({ errors: z.array(errorSchema).default([]) })),
    }),
  ),
})

const suiteSchema = z.object({
  specs: z.array(specSchema),
  get suites() {
    return z.array(suiteSchema).default([])
  },
})

const playwrightSchema = z.object({
  stats: z.object({ expected: z.number() }),
  suites: z.array(suiteSchema),
  errors: z.array(errorSchema).default([]),
})

/** Reads Vitest's report; a file that could not even be loaded counts as one failure. */
export function readVitestReport(file: string): TestReport {
  const { numPassedTests, testResults } = vitestSchema.parse(readReport(file))
  const failures = testResults
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name, message, assertionResults }) => {
      const path = relative(projectFolder, name)
      if (assertionResults.length === 0) return [describe(path, '', [message])]
      return assertionResults
        .filter(({ status }) => status === 'failed')
        .map(({ fullName, failureMessages }) => describe(path, fullName, failureMessages ?? []))
    })
  return { passed: numPassedTests, failures }
}

/** Reads Playwright's report; an error outside of the tests counts as one failure. */
export function readPlaywrightReport(file: string): TestReport {
  const { stats, suites, errors } = playwrightSchema.parse(readReport(file))
  const failures = suites.flatMap(specsOf).flatMap(({ title, file: path, tests }) =>
    tests
      .filter(({ status }) => status === 'unexpected' || status === 'flaky')
      .map(({ results }) => {
        const messages = results.flatMap((result) => result.errors.map(({ message }) => message))
        return describe(path, title, messages)
      }),
  )
  const outside = errors.map(({ message }) => describe('outside of the tests', '', [message]))
  return { passed: stats.expected, failures: [...failures, ...outside] }
}

function specsOf(suite: z.infer<typeof suiteSchema>): z.infer<typeof specSchema>[] {
  return [...suite.specs, ...suite.suites.flatMap(specsOf)]
}

function describe(file: string, name: string, messages: readonly string[]): string {
  const lines = stripVTControlCharacters(messages.join('\n')).split('\n').slice(0, MAX_ERROR_LINES)
  const title = name === '' ? file : `${file} › ${name}`
  return [title, ...lines.map((line) => `    ${line}`)].join('\n')
}

function readReport(file: string): unknown {
  return JSON.parse(readFileSync(join(projectFolder, file), 'utf8'))
}
