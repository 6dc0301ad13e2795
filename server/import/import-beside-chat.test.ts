import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as after } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rootMap } from '../../shared/document/layout.ts'
import type { ChannelId } from '../../shared/ids.ts'
import { formatConversationName } from '../../shared/document/names.ts'
import { createIdSequence, message } from '../../shared/testing/updates.ts'
import { verify } from '../admin/verify.ts'
import { openDatabase } from '../database/open-database.ts'
import { createJournal } from '../journal/journal.ts'
import { createLoadDocument } from '../journal/load-document.ts'
import { startTestServer } from '../testing/running-server.ts'
import { connect } from '../testing/sync-client.ts'
import { SOCKET_NAME } from './socket/import-protocol.ts'
import { createHistoryFolder, line, type HistoryFolder } from './testing/invented-history.ts'

const COUNT = 1_500
let folder: HistoryFolder
let path: string
beforeEach(() => {
  folder = createHistoryFolder()
  const channels = ['general', 'random', 'bots']
  path = folder.write(
    Array.from({ length: COUNT }, (_, n) =>
      line(n, { channel: channels[n % 3], user: `user ${n % 17}`, text: `number ${n}` }),
    ),
  )
  return () => folder.remove()
})

const children: ChildProcess[] = []
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')))

function start(entry: string, args: readonly string[], dataDir: string): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', entry), ...args], {
    env: {
      ...{ ...process.env, CI: '1', DATA_DIR: dataDir, PORT: '0', HOST: '127.0.0.1' },
      SEGMENT_MAX_MESSAGES: '200',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  return child
}

async function finish(child: ChildProcess): Promise<{ code: unknown; out: string; bad: string }> {
  const [out, bad, [code]] = await Promise.all([
    child.stdout === null ? '' : text(child.stdout),
    child.stderr === null ? '' : text(child.stderr),
    once(child, 'close'),
  ])
  return { code, out, bad }
}

const startImport = (dataDir: string): ChildProcess =>
  start('cli.ts', ['import', 'jsonl', path, '--json'], dataDir)

function inspect(databasePath: string) {
  const { sqlite, close } = openDatabase(databasePath)
  const journal = createJournal({ sqlite, now: Date.now, randomClientId: () => 1 })
  return {
    close,
    count: (): number =>
      sqlite
        .prepare<[], { n: number }>(
          "SELECT count(*) AS n FROM messages WHERE content LIKE 'number %'",
        )
        .get()?.n ?? 0,
    distinct: (): number =>
      sqlite.prepare<[], { n: number }>('SELECT count(DISTINCT content) AS n FROM messages').get()
        ?.n ?? 0,
    differences: () => verify(sqlite, createLoadDocument(sqlite, journal)),
  }
}

test('P1 P3 people chat during an import: every message is acknowledged, none is refused', async () => {
  const segments = { maxMessages: 200, maxClients: 300 }
  const server = await startTestServer({ limits: { segments } })
  const ada = await server.signUp('Ada')
  const channel = await server.createChannel(ada, { name: 'Live', slug: 'live' })
  const client = connect(server, ada)
  const live = client.open(formatConversationName({ kind: 'channel', id: channel.id }))
  await live.synced
  const nextId = createIdSequence()
  let isOver = false
  const importing = finish(startImport(server.folder)).finally(() => (isOver = true))

  async function postTo(id: ChannelId): Promise<void> {
    const sent = await ada.request('POST', `/api/channels/${id}/messages`, { content: 'by REST' })
    expect(sent.status).toBe(201)
  }
  let sent = 0
  while (!isOver) {
    // Stays within the live segment, so that this connection sees all of them.
    if (sent < 40) {
      const record = message(ada.userId, { content: `live ${sent}`, createdAt: Date.now() })
      rootMap(live.document, 'messages').set(nextId(), record)
      await live.durable()
      sent += 1
    }
    // Into a channel that is being imported, while its segments roll.
    const imported = server.sqlite
      .prepare<[], { id: ChannelId }>("SELECT id FROM channels WHERE slug = 'random'")
      .get()
    if (imported !== undefined) {
      await ada.request('POST', `/api/channels/${imported.id}/members`, { userId: ada.userId })
      await postTo(imported.id)
    }
    // As people do, who do not keep the server busy all the time.
    await after(50)
  }
  const { code, out } = await importing
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ isWritten: true, added: { messages: COUNT } })
  expect(await Promise.race([live.refused, Promise.resolve('never')])).toBe('never')
  const tables = inspect(server.databasePath)
  expect(tables.count()).toBe(COUNT)
  await expect.poll(tables.differences).toEqual([])
  await tables.close()
  client.close()
  await server.close()
})

test('P1 P3 after kill -9 of the command or of the server, another run completes the import', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'connectnow-'))
  const socket = join(dataDir, SOCKET_NAME)
  const server = start('main.ts', [], dataDir)
  await expect.poll(() => existsSync(socket)).toBe(true)
  const tables = inspect(join(dataDir, 'connectnow.db'))

  const first = startImport(dataDir)
  await expect.poll(tables.count, { interval: 5 }).toBeGreaterThan(100)
  first.kill('SIGKILL')
  await finish(first)

  const second = startImport(dataDir)
  const reached = tables.count()
  await expect.poll(tables.count, { interval: 5 }).toBeGreaterThan(reached + 200)
  server.kill('SIGKILL')
  const lost = await finish(second)
  expect(lost).toMatchObject({ code: 1 })
  expect(lost.bad).toContain('Run it again to complete it')
  expect(tables.count()).toBeLessThan(COUNT)

  // No server runs now; its socket is still there.
  expect(existsSync(socket)).toBe(true)
  expect(await finish(startImport(dataDir))).toMatchObject({ code: 0 })
  expect(tables.count()).toBe(COUNT)
  expect(tables.distinct()).toBe(COUNT)
  expect(tables.differences()).toEqual([])
  await tables.close()
  rmSync(dataDir, { recursive: true, force: true })
})

test('a server that is stopped meanwhile ends at a safe place, and says so', async () => {
  const server = await startTestServer()
  const importing = startImport(server.folder)
  const tables = inspect(server.databasePath)
  await expect.poll(tables.count, { interval: 5 }).toBeGreaterThan(100)
  await tables.close()
  await server.restart()
  const { code, bad } = await finish(importing)
  expect(code).toBe(1)
  expect(bad).toContain('Stopped: ')
  const again = await finish(startImport(server.folder))
  expect(again.code).toBe(0)
  const after = inspect(server.databasePath)
  expect(after.count()).toBe(COUNT)
  await expect.poll(after.differences).toEqual([])
  await after.close()
  await server.close()
})
