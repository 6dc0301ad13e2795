/**
 * `npm run typecheck`: each part is checked against the platform that it runs on, and shared/
 * against none: this also makes sure that the compiler still hides both platforms from it.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectEnvironment, projectFolder } from './run-stages.ts'

const projects = [
  'shared/tsconfig.json',
  'server/tsconfig.json',
  'client/tsconfig.app.json',
  'client/tsconfig.service-worker.json',
  'client/tsconfig.test.json',
  'tsconfig.json',
]

/** What shared/ must not see: names of the browser, of Node, and of both. */
const platformNames = ['document', 'window', 'process', 'Buffer', 'setTimeout', 'fetch', 'console']

function compile(project: string): { isPassed: boolean; output: string } {
  const { status, stdout, stderr } = spawnSync('tsc', ['--pretty', 'false', '-p', project], {
    cwd: projectFolder,
    env: projectEnvironment(),
    encoding: 'utf8',
  })
  return { isPassed: status === 0, output: `${stdout}${stderr}` }
}

function checkProject(project: string): boolean {
  const { isPassed, output } = compile(project)
  // A part that has no files yet has no faults either.
  if (output.includes('error TS18003')) return true
  if (!isPassed) console.error(`${project}\n${output}`)
  return isPassed
}

function checkSharedIsPure(): boolean {
  const folder = mkdtempSync(join(projectFolder, 'shared/.purity-'))
  try {
    writeFileSync(
      join(folder, 'probe.ts'),
      platformNames.map((name) => `export const ${name}Probe: unknown = ${name}\n`).join(''),
    )
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: '../tsconfig.json', include: ['probe.ts', '../**/*.ts'] }),
    )
    const { output } = compile(join(folder, 'tsconfig.json'))
    const visible = platformNames.filter((name) => !output.includes(`Cannot find name '${name}'`))
    if (visible.length > 0) console.error(`shared/ sees the platform: ${visible.join(', ')}`)
    return visible.length === 0
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const checks = projects.map(checkProject)
checks.push(checkSharedIsPure())
process.exitCode = checks.every(Boolean) ? 0 : 1
