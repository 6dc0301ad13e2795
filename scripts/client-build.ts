/** Builds the client into dist/client, and tells whether the last build is older than its sources. */
import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { projectFolder, runStage, type StageResult } from './run-stages.ts'

const builtPage = 'dist/client/index.html'
const sources = ['client/**/*', 'shared/**/*', 'vite.config.ts', 'package.json']

/** Tells whether dist/ is missing or older than something that it was made of. */
export function isClientStale(): boolean {
  const builtAt = modifiedAt(builtPage)
  if (builtAt === undefined) return true
  return globSync(sources, { cwd: projectFolder }).some((file) => (modifiedAt(file) ?? 0) > builtAt)
}

/** Builds the client with its output on the screen. */
export function buildClient(): StageResult {
  return runStage({ name: 'build', command: ['vite', 'build'] })
}

function modifiedAt(file: string): number | undefined {
  return statSync(join(projectFolder, file), { throwIfNoEntry: false })?.mtimeMs
}
