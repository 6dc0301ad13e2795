/**
 * `npm test`: every check and every test, each stage even when one before it failed. The last
 * line counts them; a stage that fails without a failed test (a check, the build, a report that
 * was not written) counts as one failure, so that "0 failed" means that all is well.
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
import { readPlaywrightCount, readVitestCount, type TestCount } from './test-report.ts'

interface TestStage extends Stage {
  report?: { file: string; read: (file: string) => TestCount }
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
    report: { file: unitReport, read: readVitestCount },
  },
  { name: 'build', command: ['node', 'scripts/build.ts'] },
  {
    name: 'browser tests',
    command: ['playwright', 'test'],
    report: { file: 'test-results/e2e.json', read: readPlaywrightCount },
  },
]

function count({ report }: TestStage, { isPassed }: StageResult): TestCount {
  let tests: TestCount = { passed: 0, failed: 0 }
  try {
    if (report !== undefined) tests = report.read(report.file)
  } catch (error) {
    console.error(error)
    return { passed: 0, failed: 1 }
  }
  return isPassed || tests.failed > 0 ? tests : { ...tests, failed: 1 }
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
const counts = stages.map((stage, index) => {
  const result = results[index]
  return result === undefined ? { passed: 0, failed: 1 } : count(stage, result)
})
const passed = counts.reduce((sum, tests) => sum + tests.passed, 0)
const failed = counts.reduce((sum, tests) => sum + tests.failed, 0)

console.log(`\n${formatResults(results)}`)
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = hasChromium && failed === 0 ? 0 : 1
