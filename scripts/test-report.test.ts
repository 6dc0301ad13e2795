import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { projectFolder } from './run-stages.ts'
import { readPlaywrightCount, readVitestCount } from './test-report.ts'

describe('the count of tests', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'connectnow-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  function write(report: unknown): string {
    const file = join(folder, 'report.json')
    writeFileSync(file, JSON.stringify(report))
    return relative(projectFolder, file)
  }

  test('has a test file that could not be loaded among the failures', () => {
    const file = write({
      numPassedTests: 3,
      numFailedTests: 1,
      testResults: [
        { status: 'failed', assertionResults: [{}] },
        { status: 'failed', assertionResults: [] },
        { status: 'passed', assertionResults: [{}] },
      ],
    })
    expect(readVitestCount(file)).toEqual({ passed: 3, failed: 2 })
  })

  test('has flaky browser tests and errors outside of tests among the failures', () => {
    const file = write({
      stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 0 },
      errors: [{ message: 'no' }],
    })
    expect(readPlaywrightCount(file)).toEqual({ passed: 5, failed: 3 })
  })

  test('is no number at all when the report is missing', () => {
    expect(() => readVitestCount('test-results/missing.json')).toThrow('ENOENT')
  })
})
