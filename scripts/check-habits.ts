/**
 * Habits of this code that no linter knows: every module opens with a comment on what it is, an
 * `as` says why on its own line, and no folder is named for nothing in particular.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'
import { projectFolder } from './run-stages.ts'

const sources = '{shared,server,client,e2e,scripts}/**/*.{ts,tsx}'
const emptyNames = /(^|\/)(utils?|helpers?|common|lib|core)(\/|\.tsx?$)/

const faults = globSync([sources, '*.config.ts'], { cwd: projectFolder }).flatMap((file) =>
  findFaults(file, readFileSync(join(projectFolder, file), 'utf8')),
)
for (const fault of faults.sort()) console.error(fault)
process.exitCode = faults.length === 0 ? 0 : 1

function findFaults(file: string, text: string): string[] {
  const found: string[] = []
  if (emptyNames.test(file)) found.push(`${file}: the name says nothing`)
  if (!/[.](config|test|spec)[.]tsx?$/.test(file) && !/^(#!.*\n)?\/\*\*/.test(text)) {
    found.push(`${file}:1: open with a comment that says what this module is`)
  }
  return [...found, ...findBareAssertions(file, text)]
}

/** Finds each `as` (but `as const`) without a comment on one of the lines that it spans. */
function findBareAssertions(file: string, text: string): string[] {
  const { program, comments, errors } = parseSync(file, text)
  if (errors.length > 0) return errors.map(({ message }) => `${file}: ${message}`)
  const lineOf = createLineOf(text)
  const commented = new Set(comments.map(({ start }) => lineOf(start)))
  const found: string[] = []
  new Visitor({
    TSAsExpression({ expression, end, typeAnnotation }) {
      const isConst =
        typeAnnotation.type === 'TSTypeReference' &&
        typeAnnotation.typeName.type === 'Identifier' &&
        typeAnnotation.typeName.name === 'const'
      if (isConst) return
      const [first, last] = [lineOf(expression.end), lineOf(end)]
      for (let line = first; line <= last; line++) if (commented.has(line)) return
      found.push(`${file}:${last}: say on the same line why this \`as\` is right`)
    },
  }).visit(program)
  return found
}

function createLineOf(text: string): (offset: number) => number {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    const next = starts.findIndex((start) => start > offset)
    return next === -1 ? starts.length : next
  }
}
