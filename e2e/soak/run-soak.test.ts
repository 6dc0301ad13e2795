import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test, vi } from 'vitest'

vi.setConfig({ testTimeout: 240_000 })

const script = join(import.meta.dirname, '../../scripts/soak.ts')

test('P6 clients on bad links and a server that fails end equal, in a soak of some seconds', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    ...[script, '--minutes', '0.1', '--clients', '3', '--seed', '1'],
  ])
  expect(stdout).toContain('All is equal, and nothing is lost.')
  const [, messages = 0, acknowledged = 0] = (
    /^(\d+) messages, (\d+) of them seen as sent/m.exec(stdout) ?? []
  ).map(Number)
  expect(messages).toBeGreaterThan(0)
  expect(acknowledged).toBeGreaterThan(0)
  // It did fail meanwhile.
  expect(stderr).toMatch(/[1-9]\d* (restarts|kills)/)
})
