import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { findFreePort } from './testing/find-free-port.ts'
import { test } from './testing/test.ts'

let dataDir: string
let running: ChildProcess | undefined

test.beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'connectnow-'))
})
test.afterEach(() => {
  if (running?.exitCode === null) running.kill('SIGKILL')
  rmSync(dataDir, { recursive: true })
})

/** Runs `npm start` and collects what it prints. */
function npmStart(settings: Record<string, string>): { child: ChildProcess; output: () => string } {
  const child = spawn('npm', ['start'], {
    cwd: join(import.meta.dirname, '..'),
    env: { ...process.env, DATA_DIR: dataDir, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  }
  running = child
  return { child, output: () => text }
}

test('npm start serves the app and says where, and a signal ends it in order', async ({
  request,
}) => {
  const port = await findFreePort()
  const url = `http://localhost:${port}`
  const { child, output } = npmStart({ PORT: String(port) })
  await expect.poll(output, { timeout: 60_000 }).toContain(url)
  expect((await request.get(`${url}/api/health`)).ok()).toBe(true)
  expect(await (await request.get(url)).text()).toContain('ConnectNow')

  child.kill('SIGTERM')
  await once(child, 'exit')
  await expect.poll(() => isServing(url)).toBe(false)
  expect(output()).toContain('shutting down')
  expect(output()).not.toContain('shutdown took too long')
})

test('npm start with faults in its environment names all of them and serves nothing', async () => {
  const { child, output } = npmStart({ PORT: 'ninety', PUBLIC_URL: 'nowhere' })
  const [code] = (await once(child, 'exit')) as [number | null] // what 'exit' is emitted with
  expect(code).not.toBe(0)
  expect(output()).toContain('PORT:')
  expect(output()).toContain('PUBLIC_URL:')
})

async function isServing(url: string): Promise<boolean> {
  try {
    await fetch(url)
    return true
  } catch {
    return false // nobody listens
  }
}
