import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockDataDirectory } from './lock-data-directory.ts'

let folder: string
let holder: ChildProcess | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'connectnow-'))
})
afterEach(() => {
  holder?.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** Another process that holds the lock until it is killed. */
async function holdElsewhere(): Promise<ChildProcess> {
  const module = join(import.meta.dirname, 'lock-data-directory.ts')
  const script = `const { lockDataDirectory } = await import(${JSON.stringify(module)})
    // Kept, else the garbage collector closes the file and frees the lock.
    globalThis.release = lockDataDirectory(${JSON.stringify(folder)}); console.log('locked'); setInterval(() => {}, 1e6)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  holder = child
  await once(child.stdout, 'data')
  return child
}

test('a second process is told that the directory is in use, and kill -9 frees it', async () => {
  const child = await holdElsewhere()
  expect(() => lockDataDirectory(folder)).toThrow('Another ConnectNow process is using')
  child.kill('SIGKILL')
  await once(child, 'exit')
  lockDataDirectory(folder)()
})

test('the lock can be taken again once it was released', () => {
  const release = lockDataDirectory(folder)
  expect(() => lockDataDirectory(folder)).toThrow(folder)
  release()
  lockDataDirectory(folder)()
})

test('a directory that is not there is not called in use', () => {
  expect(() => lockDataDirectory(join(folder, 'missing'))).toThrow('directory does not exist')
})
