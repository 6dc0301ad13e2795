/** Runs commands one after another, all of them even when one fails, and tells which failed. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

export const projectFolder = join(import.meta.dirname, '..')

export interface Stage {
  name: string
  /** The program and its arguments; one that the project installs, or `node` itself. */
  command: readonly [string, ...string[]]
}

export interface StageResult {
  name: string
  isPassed: boolean
  durationMs: number
}

/** The environment in which `node` and the installed tools are the project's own. */
export function projectEnvironment(): NodeJS.ProcessEnv {
  const installed = join(projectFolder, 'node_modules/.bin')
  return { ...process.env, PATH: `${installed}:${process.env['PATH'] ?? ''}` }
}

/** Runs one stage with its output on the screen. */
export function runStage({ name, command: [program, ...args] }: Stage): StageResult {
  console.log(`\n== ${name}`)
  const start = performance.now()
  const { status, error } = spawnSync(program, args, {
    cwd: projectFolder,
    env: projectEnvironment(),
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (error !== undefined) console.error(error.message)
  return { name, isPassed: status === 0, durationMs: performance.now() - start }
}

/** One line per stage, for the end of a run. */
export function formatResults(results: readonly StageResult[]): string {
  return results
    .map(({ name, isPassed, durationMs }) => {
      const seconds = (durationMs / 1000).toFixed(1)
      return `${isPassed ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`
    })
    .join('\n')
}
