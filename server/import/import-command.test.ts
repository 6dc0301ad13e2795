import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockDataDirectory } from '../database/lock-data-directory.ts'
import { inventedExport, message } from './testing/invented-export.ts'
import { createZipFolder, zipBytes, type ZipContent, type ZipFolder } from './testing/zip-files.ts'

let folder: ZipFolder
let dataDir: string
beforeEach(() => {
  folder = createZipFolder()
  dataDir = mkdtempSync(join(tmpdir(), 'connectnow-'))
})
afterEach(() => {
  folder.remove()
  rmSync(dataDir, { recursive: true, force: true })
})

function start(args: readonly string[]): ChildProcess {
  const cli = join(import.meta.dirname, '../cli.ts')
  return spawn(process.execPath, [cli, 'import', ...args], {
    env: { ...process.env, CI: '1', DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function run(
  args: readonly string[],
): Promise<{ code: unknown; out: string; complaint: string }> {
  const child = start(args)
  const [out, complaint, [code]] = await Promise.all([
    child.stdout === null ? '' : text(child.stdout),
    child.stderr === null ? '' : text(child.stderr),
    once(child, 'close'),
  ])
  return { code, out, complaint }
}

const write = async (files: ZipContent): Promise<string> => folder.write(await zipBytes(files))
const withFault: ZipContent = { ...inventedExport, 'secret/2020-09-13.json': '[' }

test('help tells every option and exit code; wrong usage shows it and ends with 2', async () => {
  const help = await run(['--help'])
  expect(help).toMatchObject({ code: 0 })
  for (const word of ['jsonl', '--on-error', '--data-dir', '--json', '130'])
    expect(help.out).toContain(word)
  expect((await run([])).code).toBe(2)
  expect((await run(['slack', 'x.zip', '--on-error', 'maybe'])).code).toBe(2)
  expect((await run(['slack', 'x.zip', '--frobnicate'])).code).toBe(2)
})

test('an import ends with 0, one with faults with 3 or 4, each with its report', async () => {
  const aborted = await run(['slack', await write(withFault)])
  expect(aborted.code).toBe(3)
  expect(aborted.out).toContain('secret/2020-09-13.json:1:2: is not valid JSON')
  const skipped = await run(['slack', await write(withFault), '--on-error', 'skip', '--json'])
  expect(skipped.code).toBe(4)
  expect(JSON.parse(skipped.out)).toMatchObject({ isWritten: true, faults: [{ line: 1 }] })
  const whole = await run(['slack', await write(inventedExport)])
  expect(whole.code).toBe(0)
  expect(whole.complaint).toContain('Writing: ')
})

test('a refused archive ends with 3 and the reason', async () => {
  const refused = await run(['slack', join(dataDir, 'none.zip'), '--json'])
  expect(refused.code).toBe(3)
  expect(JSON.parse(refused.out)).toMatchObject({ refusal: { reason: 'not_found' } })
})

test('while another process has the data directory, nothing is touched', async () => {
  const release = lockDataDirectory(dataDir)
  const { code, complaint } = await run(['slack', await write(inventedExport)])
  release()
  expect(code).toBe(5)
  expect(complaint).toContain('Stop it first')
})

test('Ctrl-C ends at a safe place, and the next run completes the import', async () => {
  const days = Array.from({ length: 5_000 }, (_, n) =>
    message(n, { user: 'U1ADA', text: `number ${n} of many` }),
  )
  const path = await write({ ...inventedExport, 'secret/2020-09-13.json': days })
  const child = start(['slack', path])
  child.stderr?.on('data', (chunk: Buffer) => {
    if (chunk.toString().includes('Writing: 0')) child.kill('SIGINT')
  })
  const [code] = await once(child, 'close')
  expect(code).toBe(130)
  const completed = await run(['slack', path, '--json'])
  expect(completed.code).toBe(0)
  const again = JSON.parse((await run(['slack', path, '--json'])).out)
  expect(again).toMatchObject({ added: { messages: 0, reactions: 0 }, faults: [] })
  expect(again.found.messages).toBeGreaterThan(5_000)
})
