/**
 * `npm test`: every check and every test, each stage even when one before it failed. At the end
 * each failure is told again, and the last line counts them; a stage that fails without a failed
 * test (a check, the build, a report that was not written) counts as one failure, so that
 * "0 failed" means that all is well.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureChromium } from './ensure-chromium.ts'
import {
  formatResults,
  projectFolder,
  runStage,
  type Stage,
  type StageResult,
} from './run-stages.ts'
import { readPlaywrightReport, readVitestReport, type TestReport } from './test-report.ts'

interface TestStage extends Stage {
  report?: { file: string; read: (file: string) => TestReport }
}

const unitReport = 'test-results/unit.json'

const stages: readonly TestStage[] = [
  { name: 'lint', command: ['node', 'scripts/lint.ts'] },
  {
    name: 'unit and property tests',
    command: [
      'vitest',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${unitReport}`,
    ],
    report: { file: unitReport, read: readVitestReport },
  },
  { name: 'build', command: ['node', 'scripts/build.ts'] },
  {
    name: 'browser tests',
    command: ['playwright', 'test'],
    report: { file: 'test-results/e2e.json', read: readPlaywrightReport },
  },
]

function readStage({ name, report }: TestStage, { isPassed }: StageResult): TestReport {
  let tests: TestReport = { passed: 0, failures: [] }
  try {
    if (report !== undefined) tests = report.read(report.file)
  } catch (error) {
    return { passed: 0, failures: [`${name}: no report (${String(error)})`] }
  }
  return isPassed || tests.failures.length > 0 ? tests : { ...tests, failures: [name] }
}

function findChromiumOrExplain(): boolean {
  try {
    console.log(`Chromium: ${ensureChromium()}`)
    return true
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return false
  }
}

rmSync(join(projectFolder, 'test-results'), { recursive: true, force: true })
mkdirSync(join(projectFolder, 'test-results'))

const hasChromium = findChromiumOrExplain()
const results = stages.map(runStage)
const reports = stages.map((stage, index) => {
  const result = results[index]
  return result === undefined ? { passed: 0, failures: [stage.name] } : readStage(stage, result)
})
const passed = reports.reduce((sum, report) => sum + report.passed, 0)
const failures = reports.flatMap((report) => report.failures)

// Told again at the end: in a log that is cut, the end is what is left.
for (const failure of failures) console.log(`\nFAILED ${failure}`)
console.log(`\n${formatResults(results)}`)
console.log(`\n${passed} passed, ${failures.length} failed`)
process.exitCode = hasChromium && failures.length === 0 ? 0 : 1
