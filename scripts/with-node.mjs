/**
 * Runs a script of the project under its own Node (the npm package `node`), whatever Node the
 * machine has. Plain JavaScript, because an older Node must be able to read it.
 *
 *     node scripts/with-node.mjs scripts/start.ts [arguments]
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const projectFolder = fileURLToPath(new URL('..', import.meta.url))
const packageFolder = join(projectFolder, 'node_modules/node')
const ownNode = join(packageFolder, 'bin/node')
const [script, ...scriptArguments] = process.argv.slice(2)

if (script === undefined) {
  fail('Name a script to run.')
} else if (process.version === wantedVersion()) {
  process.argv.splice(1, 2, join(projectFolder, script))
  loadEnvironmentFile(script)
  await import(pathToFileURL(join(projectFolder, script)).href)
} else {
  if (!existsSync(ownNode)) installNode()
  run(script)
}

/** The server and its commands read .env; checks and tests must not depend on it. @param {string} script */
function loadEnvironmentFile(script) {
  const file = join(projectFolder, '.env')
  const isServer = script === 'scripts/start.ts' || script.startsWith('server/')
  if (isServer && existsSync(file)) process.loadEnvFile(file)
}

function wantedVersion() {
  const manifest = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'))
  return `v${manifest.dependencies.node}`
}

/** An npm that does not run install scripts leaves the package `node` without its program. */
function installNode() {
  if (!existsSync(packageFolder)) fail('The packages are not installed. Run: npm ci')
  console.log(
    `Installing Node ${wantedVersion()} into node_modules (its install script was not run)`,
  )
  spawnSync(process.execPath, ['installArchSpecificPackage.js'], {
    cwd: packageFolder,
    stdio: 'inherit',
  })
  if (!existsSync(ownNode)) {
    fail(
      `ConnectNow needs Node ${wantedVersion()}, and installing it from the npm registry failed.\n` +
        'Run: npm rebuild node\n' +
        `or use a Node ${wantedVersion()} of your own: node ${script}`,
    )
  }
}

/** @param {string} script */
function run(script) {
  const path = join(projectFolder, 'node_modules/.bin') + delimiter + (process.env.PATH ?? '')
  const child = spawn(ownNode, [fileURLToPath(import.meta.url), script, ...scriptArguments], {
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => fail(error.message))
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 0))
  })
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message)
  process.exit(1)
}
