import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadConfig } from './config/config.ts'
import { lockDataDirectory } from './database/lock-data-directory.ts'
import { openDatabase } from './database/open-database.ts'
import { createLogger } from './observability/logger.ts'
import { describeFailure } from './start-fault.ts'
import { startServer } from './start-server.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'connectnow-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

interface Ended {
  code: unknown
  out: string
  complaint: string
}

/** Runs an entry point until it ends by itself. */
async function run(entry: string[], environment: Record<string, string> = {}): Promise<Ended> {
  const [file = '', ...args] = entry
  const child = spawn(process.execPath, [join(import.meta.dirname, file), ...args], {
    env: { ...process.env, PORT: '0', HOST: '127.0.0.1', DATA_DIR: dataDir, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, complaint, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code, out, complaint }
}

async function occupyPort(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 }
}

/** Just this, on standard error: no trace, no name of an error, nothing that looks like a start. */
function failureThatSays(sentence: string): Ended {
  return { code: 1, out: '', complaint: `${sentence}\n` }
}

describe('a server that cannot start says why, and ends with 1', () => {
  test('faults of the environment, all at once and one a line', async () => {
    const ended = await run(['main.ts'], { PORT: 'ninety', PUBLIC_URL: 'nowhere' })
    expect(ended).toEqual(
      failureThatSays(`The environment has faults:
  PORT: must be a whole number from 0 to 65535
  PUBLIC_URL: must be an address that begins with http:// or https://`),
    )
  })

  test('a data directory that another process is using', async () => {
    const release = lockDataDirectory(dataDir)
    const ended = await run(['main.ts'])
    release()
    expect(ended).toEqual(
      failureThatSays(
        `Another ConnectNow process is using ${dataDir}. Stop it first, or choose another DATA_DIR.`,
      ),
    )
  })

  test('a port that is in use', async () => {
    const { server, port } = await occupyPort()
    const ended = await run(['main.ts'], { PORT: String(port) })
    server.close()
    expect(ended).toEqual(
      failureThatSays(`Port ${port} is in use. Stop what uses it, or choose another PORT.`),
    )
  })

  test('a host that is not this machine', async () => {
    // An address from the range that is kept for examples.
    const ended = await run(['main.ts'], { HOST: '192.0.2.1' })
    expect(ended).toEqual(failureThatSays('HOST 192.0.2.1 is no address of this machine.'))
  })

  test('a data directory that is a file', async () => {
    const file = join(dataDir, 'file')
    writeFileSync(file, '')
    const { code, complaint } = await run(['main.ts'], { DATA_DIR: file })
    expect(code).toBe(1)
    expect(complaint).toMatch(
      /^The data directory .+ cannot be used: .+ choose another DATA_DIR.\n$/,
    )
  })

  test('a database that is none', async () => {
    const path = join(dataDir, 'connectnow.db')
    writeFileSync(path, 'no database, but long enough to be looked into'.repeat(100))
    expect(await run(['main.ts'])).toEqual(
      failureThatSays(`The database ${path} cannot be opened: file is not a database.`),
    )
  })

  test('a database of another version', async () => {
    const path = join(dataDir, 'connectnow.db')
    const { sqlite, close } = openDatabase(path)
    sqlite.exec(`CREATE TABLE schema_migrations (
      name TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT`)
    sqlite.exec("INSERT INTO schema_migrations VALUES ('0001_other.sql', 'x', 1)")
    await close()
    const { code, complaint } = await run(['main.ts'])
    expect(code).toBe(1)
    expect(complaint).toMatch(/^The database .+ was made by another version: .+\.\n$/)
  })

  test('a kept secret that was cut', async () => {
    const path = join(dataDir, 'auth-secret')
    writeFileSync(path, 'short')
    expect(await run(['main.ts'])).toEqual(
      failureThatSays(
        `${path} holds no whole secret. Restore it, or delete it to sign everybody out.`,
      ),
    )
  })
})

test('a server that could not start leaves nothing open: the next one starts', async () => {
  const { server, port } = await occupyPort()
  const config = loadConfig({
    PORT: String(port),
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'error',
  })
  const start = () => startServer(config, createLogger(config.log))
  await expect(start()).rejects.toThrow(`Port ${port} is in use`)
  server.close()
  await once(server, 'close')
  const running = await start()
  expect((await fetch(`http://127.0.0.1:${port}/api/health`)).ok).toBe(true)
  await running.close()
})

describe('a command that cannot start says why', () => {
  test('and ends with 1 for what has to be set right', async () => {
    for (const command of ['import', 'seed', 'verify', 'rebuild']) {
      const args = command === 'import' ? ['slack', 'export.zip'] : []
      const ended = await run(['cli.ts', command, ...args], { LOG_LEVEL: 'loud' })
      expect(ended).toEqual(
        failureThatSays(`The environment has faults:
  LOG_LEVEL: must be one of fatal, error, warn, info, debug, trace, silent`),
      )
    }
  })

  test('and ends with 5 while a server has the data directory', async () => {
    await openDatabase(join(dataDir, 'connectnow.db')).close()
    const release = lockDataDirectory(dataDir)
    const { code, complaint } = await run(['cli.ts', 'rebuild'])
    release()
    expect(code).toBe(5)
    expect(complaint).toContain(`is using ${dataDir}. Stop it first`)
    expect(complaint.trimEnd()).not.toContain('\n')
  })

  test('and ends with 2 when there is no such command or option', async () => {
    expect(await run(['cli.ts', 'frobnicate'])).toEqual({
      code: 2,
      out: '',
      complaint: 'Commands: admin, import, seed, verify, rebuild\n',
    })
    const { code, complaint } = await run(['cli.ts', 'verify', '--frobnicate'])
    expect(code).toBe(2)
    expect(complaint).toContain('--frobnicate')
    expect(complaint).not.toContain('    at ')
  })
})

test('a bug, unlike a fault of the machine, shows where it happened', () => {
  expect(describeFailure(new TypeError('no function'))).toContain('start-fault.test.ts')
  expect(describeFailure('thrown')).toBe('thrown')
})
