/** `npm run lint`: every check of the source text, with all faults of all checks. */
import { formatResults, runStage, type Stage } from './run-stages.ts'

const stages: readonly Stage[] = [
  {
    name: 'oxlint',
    command: ['oxlint', '--type-aware', '--report-unused-disable-directives', '--quiet'],
  },
  { name: 'oxfmt', command: ['oxfmt', '--check', '.'] },
  { name: 'types', command: ['node', 'scripts/check-types.ts'] },
  { name: 'dead code', command: ['knip'] },
  { name: 'imports', command: ['node', 'scripts/check-imports.ts'] },
  { name: 'habits', command: ['node', 'scripts/check-habits.ts'] },
  { name: 'packages', command: ['node', 'scripts/check-packages.ts'] },
]

const results = stages.map(runStage)
console.log(`\n${formatResults(results)}`)
process.exitCode = results.every(({ isPassed }) => isPassed) ? 0 : 1
