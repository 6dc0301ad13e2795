import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { projectFolder } from './run-stages.ts'
import { readPlaywrightReport, readVitestReport } from './test-report.ts'

describe('the report of tests', () => {
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
      testResults: [
        {
          name: join(projectFolder, 'a.test.ts'),
          status: 'failed',
          assertionResults: [
            {
              status: 'failed',
              fullName: 'adds',
              failureMessages: ['\u001b[31m1 is not 2\u001b[39m'],
            },
            { status: 'passed', fullName: 'takes away', failureMessages: [] },
          ],
        },
        {
          name: join(projectFolder, 'b.test.ts'),
          status: 'failed',
          message: 'no such module',
          assertionResults: [],
        },
        {
          name: join(projectFolder, 'c.test.ts'),
          status: 'passed',
          assertionResults: [{ status: 'passed', fullName: 'works' }],
        },
      ],
    })
    expect(readVitestReport(file)).toEqual({
      passed: 3,
      failures: ['a.test.ts › adds\n    1 is not 2', 'b.test.ts\n    no such module'],
    })
  })

  test('has flaky browser tests and errors outside of tests among the failures', () => {
    const spec = (title: string, status: string, message: string) => ({
      title,
      file: 'a.spec.ts',
      tests: [{ status, results: [{ errors: message === '' ? [] : [{ message }] }] }],
    })
    const file = write({
      stats: { expected: 5 },
      suites: [
        {
          specs: [spec('one', 'unexpected', 'not there'), spec('two', 'expected', '')],
          suites: [{ specs: [spec('three', 'flaky', 'not yet')] }],
        },
      ],
      errors: [{ message: 'no' }],
    })
    expect(readPlaywrightReport(file)).toEqual({
      passed: 5,
      failures: [
        'a.spec.ts › one\n    not there',
        'a.spec.ts › three\n    not yet',
        'outside of the tests\n    no',
      ],
    })
  })

  test('is none at all when its file is missing', () => {
    expect(() => readVitestReport('test-results/missing.json')).toThrow('ENOENT')
  })
})
