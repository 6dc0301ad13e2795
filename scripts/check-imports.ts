/**
 * Checks the import rules of dependency-cruiser.config.ts, and that they were applied to every source
 * file: with a parser that does not fit, dependency-cruiser sees no module and finds no fault.
 */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import config from '../dependency-cruiser.config.ts'
import { projectFolder } from './run-stages.ts'

const folders = ['shared', 'server', 'client']

process.chdir(projectFolder)
const { forbidden = [], options } = config
const { output } = await cruise(folders, { ...options, validate: true, ruleSet: { forbidden } })
if (typeof output === 'string') throw new Error('dependency-cruiser answered no result')
report(output)

function report({ modules, summary }: ICruiseResult): void {
  const seen = new Set(modules.map(({ source }) => source))
  const files = globSync(`{${folders.join(',')}}/**/*.{ts,tsx}`, { cwd: projectFolder })
    .filter((file) => !file.endsWith('.d.ts'))
    .map((file) => join(file))
  const unseen = files.filter((file) => !seen.has(file))
  const links = modules
    .filter(({ source }) => files.includes(source))
    .reduce((count, { dependencies }) => count + dependencies.length, 0)

  for (const { rule, from, to } of summary.violations) {
    console.error(`${rule.name}: ${from} -> ${to}`)
  }
  for (const file of unseen) console.error(`not seen by dependency-cruiser: ${file}`)
  if (links < files.length) console.error(`only ${links} imports seen in ${files.length} files`)

  const isPassed = summary.violations.length === 0 && unseen.length === 0 && links >= files.length
  if (isPassed) console.log(`${files.length} files, ${links} imports: every rule holds`)
  process.exitCode = isPassed ? 0 : 1
}
