import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'

vi.setConfig({ testTimeout: 240_000 })

const script = join(import.meta.dirname, '../../scripts/bench.ts')
const resultSchema = z.object({
  rows: z.array(z.record(z.string(), z.union([z.string(), z.number()]))),
  verdicts: z.array(z.object({ what: z.string(), ratio: z.number().nullable() })),
})

/** As from the command line, with the smallest load there is. */
async function bench(...args: string[]): Promise<z.infer<typeof resultSchema>> {
  const folder = mkdtempSync(join(tmpdir(), 'connectnow-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  await promisify(execFile)(process.execPath, [script, ...args, '--into', folder])
  return resultSchema.parse(JSON.parse(readFileSync(join(folder, `${args[0]}.json`), 'utf8')))
}

test('measures how much can be delivered at all', async () => {
  const { rows, verdicts } = await bench(
    ...['saturate', '--clients', '3', '--messages', '20', '--seconds', '1'],
  )
  expect(rows.map(({ deliveries }) => deliveries)).toEqual([40, 40, 40, 40])
  expect(verdicts).toHaveLength(2)
})

test('measures how conversations open', async () => {
  const { rows, verdicts } = await bench('open', '--messages', '100', '--seconds', '1')
  expect(rows.map(({ messages }) => messages)).toEqual([100, 100, 100])
  expect(verdicts).toHaveLength(4)
})

test('measures how a device catches up', async () => {
  const { rows } = await bench('catchup', '--messages', '20', '--seconds', '1')
  expect(rows).toMatchObject([{ what: 'ConnectNow' }, { what: 'gzipped JSON' }])
})

test('measures the copy of a whole workspace, and who chats meanwhile', async () => {
  const { rows, verdicts } = await bench(
    ...['full-copy', '--messages', '300', '--clients', '2', '--seconds', '1'],
  )
  expect(rows[0]).toMatchObject({ what: 'full copy', messages: 300 })
  expect(verdicts).toHaveLength(2)
})

test('measures an import, and who chats meanwhile', async () => {
  const { rows, verdicts } = await bench(
    ...['import', '--messages', '300', '--clients', '2', '--seconds', '1'],
  )
  expect(rows[0]).toMatchObject({ what: 'import', messages: 300 })
  expect(verdicts).toHaveLength(1)
})

test('measures what storing costs', async () => {
  const { rows } = await bench('store', '--messages', '60', '--clients', '20')
  expect(rows).toHaveLength(4)
})

test('measures what the idle cost', async () => {
  const { rows } = await bench('idle', '--clients', '3', '--messages', '30')
  expect(rows).toHaveLength(5)
})

test('measures searches, and who chats meanwhile', async () => {
  const { rows, verdicts } = await bench(
    ...['search', '--messages', '3000', '--clients', '3', '--seconds', '1'],
  )
  expect(rows).toHaveLength(11)
  expect(verdicts).toHaveLength(1)
})

test('measures REST beside a bare route, and a post beside a message of the document', async () => {
  const store = mkdtempSync(join(tmpdir(), 'connectnow-'))
  onTestFinished(() => rmSync(store, { recursive: true }))
  const size = ['--messages', '2000', '--clients', '3', '--store', store]
  const { rows, verdicts } = await bench('rest', ...size)
  expect(rows).toHaveLength(10)
  for (const row of rows) expect(row['a second']).toBeGreaterThan(0)
  expect(verdicts).toHaveLength(3)
  // The store is kept as it was made, and taken for no other.
  await expect(bench('rest', '--messages', '2001', '--store', store)).rejects.toThrow(
    '2000 messages',
  )
})
