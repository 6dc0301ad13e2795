/** Finds the Chromium that the browser tests drive, and installs Debian's where that is possible. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

const explanation = `The browser tests need Chromium, and it could not be installed from here.
Install it (Debian, Ubuntu: apt-get install chromium), or name one: CHROMIUM_PATH=/path/to/chromium`

/** The path of an installed Chromium or Chrome; CHROMIUM_PATH comes first. */
export function findChromium(): string | undefined {
  const named = process.env['CHROMIUM_PATH']
  if (named !== undefined && named !== '') return isExecutable(named) ? named : undefined
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => isExecutable(path))
}

/** Installs Chromium when there is none; throws with what to do when that is not possible. */
export function ensureChromium(): string {
  const found = findChromium()
  if (found !== undefined) return found
  if (process.env['CHROMIUM_PATH'] === undefined) installChromium()
  const installed = findChromium()
  if (installed === undefined) throw new Error(explanation)
  return installed
}

function installChromium(): void {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  const isDebian = succeeds(['apt-get', '--version'])
  if (!isDebian || !succeeds([...asRoot, 'true'])) return
  console.log('Installing chromium with apt-get')
  const environment = ['env', 'DEBIAN_FRONTEND=noninteractive']
  run([...asRoot, ...environment, 'apt-get', 'update', '-q'])
  run([...asRoot, ...environment, 'apt-get', 'install', '-y', '-q', 'chromium'])
}

function succeeds([program = '', ...args]: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}

function run([program = '', ...args]: readonly string[]): void {
  spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false // absent or not executable: either way not this one
  }
}
