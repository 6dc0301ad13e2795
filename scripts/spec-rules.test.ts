import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { projectFolder } from './run-stages.ts'

function read(file: string): string {
  return readFileSync(join(projectFolder, file), 'utf8')
}

const spec = read('server/SPEC.md')
const rules = [...spec.matchAll(/^(?:## |- \*\*)(P\d+(?:\.\d+)?)\b/gm)].map(([, rule = '']) => rule)

/** Rules whose section says so itself. */
const notProvedYet = spec
  .split(/^## /m)
  .filter((section) => section.includes('\n_Not proved yet:_'))
  .map((section) => section.split(' ')[0])

/** Tests, and the tables of cases that several of them share. */
const testFiles = globSync(
  ['{shared,server,client,e2e,scripts}/**/*.{test,spec}.{ts,tsx}', 'shared/testing/*-cases.ts'],
  { cwd: projectFolder },
)

/** Rule numbers that open a string in a test file: the names of tests, plain or in a table. */
const citations = testFiles.flatMap((file) =>
  [...read(file).matchAll(/['"`](P\d+(?:\.\d+)?) \S/g)].map(([, rule = '']) => ({ file, rule })),
)
const cited = new Set(citations.map(({ rule }) => rule))

function isProved(rule: string): boolean {
  // A main rule is proved by tests that name it or one of its finer rules.
  return cited.has(rule) || [...cited].some((each) => each.startsWith(`${rule}.`))
}

describe('server/SPEC.md', () => {
  test('numbers each rule once', () => {
    expect(rules.length).toBeGreaterThan(7)
    expect(rules.filter((rule, index) => rules.indexOf(rule) !== index)).toEqual([])
  })

  test('has no rule without a test', () => {
    expect(rules.filter((rule) => !isProved(rule))).toEqual(notProvedYet)
  })

  test('has every rule that a test names', () => {
    const unknown = citations.filter(({ rule }) => !rules.includes(rule))
    expect(unknown.map(({ file, rule }) => `${file}: ${rule}`)).toEqual([])
  })
})
