import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase, type SqliteConnection } from '../database/open-database.ts'
import { fileKey } from '../files/file-store.ts'
import { runSeed } from '../seed/seed-command.ts'
import { runCommand } from '../testing/command-runner.ts'
import { startTestServer } from '../testing/running-server.ts'
import { uploadFile } from '../testing/upload.ts'
import { runAdmin } from './admin-command.ts'
import type { Finding } from './store-check.ts'

let dataDir: string

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'connectnow-'))
  await runCommand(runSeed, [], dataDir)
})
afterEach(() => rmSync(dataDir, { recursive: true }))

/** Does something to the store behind its back, and answers what `verify` finds. */
async function findingsAfter(damage: (sqlite: SqliteConnection) => void): Promise<Finding[]> {
  const { sqlite, close } = openDatabase(join(dataDir, 'connectnow.db'))
  sqlite.pragma('foreign_keys = OFF')
  damage(sqlite)
  await close()
  const { code, out } = await runCommand(runAdmin, ['verify', '--json'], dataDir)
  const { findings } = JSON.parse(out) as { findings: Finding[] } // as the command says it
  expect(code).toBe(findings.length === 0 ? 0 : 1)
  return findings
}

test('P3 a store that nobody meddled with has no differences', async () => {
  expect(await findingsAfter(() => undefined)).toEqual([])
})

test('rows that refer to nothing are named by table', async () => {
  const findings = await findingsAfter((sqlite) =>
    sqlite
      .prepare(
        "INSERT INTO sessions (id, user_id, token, expires_at, created_at, updated_at) VALUES ('s', 'nobody', 't', 1, 1, 1)",
      )
      .run(),
  )
  expect(findings).toHaveLength(1)
  expect(findings[0]).toMatchObject({
    check: 'database',
    place: expect.stringMatching(/^sessions/),
  })
})

test('a document whose clientIDs belong to nobody is named', async () => {
  const findings = await findingsAfter((sqlite) => {
    sqlite.prepare("DELETE FROM document_clients WHERE owner_id <> 'server'").run()
    sqlite.prepare("UPDATE documents SET server_client_id = 7 WHERE name LIKE 'channel:%'").run()
    sqlite.prepare('DELETE FROM document_clients').run()
  })
  expect(findings.length).toBeGreaterThan(0)
  expect(new Set(findings.map(({ check }) => check))).toEqual(new Set(['documents']))
  expect(findings[0]?.problem).toContain('belongs to nobody')
})

test('a snapshot that does not hold what it held is named, and hides no other difference', async () => {
  const findings = await findingsAfter((sqlite) => {
    sqlite.prepare("UPDATE documents SET snapshot = X'0000' WHERE name LIKE 'channel:%'").run()
  })
  expect(
    findings.some(({ check, problem }) => check === 'documents' && problem.includes('damaged')),
  ).toBe(true)
  expect(findings.some(({ check }) => check === 'tables')).toBe(true)
})

test('a document that claims more in the tables than there is has its rows named', async () => {
  const findings = await findingsAfter((sqlite) => {
    sqlite.prepare('DELETE FROM message_reactions').run()
    sqlite.prepare('UPDATE documents SET projected_seq = 0').run()
  })
  const checks = new Set(findings.map(({ check }) => check))
  expect(checks).toContain('documents')
  expect(checks).toContain('tables')
})

test('beside a running server its store is verified, and counted, as it is at one moment', async () => {
  const server = await startTestServer()
  try {
    const ada = await server.signUp('Ada')
    const channel = await server.createChannel(ada, { name: 'C', slug: 'counted' })
    for (const content of ['one', 'two', 'three']) {
      await ada.request('POST', `/api/channels/${channel.id}/messages`, { content })
    }
    expect(await runCommand(runAdmin, ['verify'], server.folder)).toMatchObject({ code: 0 })
    const stats = await runCommand(runAdmin, ['stats', '--json'], server.folder)
    expect(JSON.parse(stats.out)).toMatchObject({
      people: { active: 1, unclaimed: 0, deactivated: 0 },
      channels: 1,
      directMessageThreads: 0,
      messages: { live: 3, deleted: 0 },
      conversations: [{ title: '#counted', messages: 3, segments: 1 }],
    })
    expect(await runCommand(runAdmin, ['rebuild'], server.folder)).toMatchObject({ code: 5 })
    server.sqlite.prepare("UPDATE messages SET content = 'forged' WHERE content = 'two'").run()
    const verified = await runCommand(runAdmin, ['verify'], server.folder)
    expect(verified.code).toBe(1)
    expect(verified.complaint).toMatch(/^tables: channel:.* messages .* is not what its row says$/m)
  } finally {
    await server.close()
  }
})

test('a file whose bytes are gone or changed is named', async () => {
  const server = await startTestServer()
  try {
    const ada = await server.signUp('Ada')
    const lost = await uploadFile(ada, 'lost')
    const changed = await uploadFile(ada, 'changed')
    await uploadFile(ada, 'whole')
    expect(await runCommand(runAdmin, ['verify'], server.folder)).toMatchObject({ code: 0 })
    const files = join(server.folder, 'files')
    rmSync(join(files, fileKey(lost.id, 'content')))
    writeFileSync(join(files, fileKey(changed.id, 'content')), 'CHANGED')
    const { code, complaint } = await runCommand(runAdmin, ['verify'], server.folder)
    expect(code).toBe(1)
    expect(complaint.split('\n')).toEqual([
      `files: file ${lost.id} is not in the file store`,
      `files: file ${changed.id} is not what was uploaded`,
    ])
  } finally {
    await server.close()
  }
})

test('stats adds up what is there, for people and as JSON', async () => {
  const { out } = await runCommand(runAdmin, ['stats', '--json'], dataDir)
  const stats = JSON.parse(out) as {
    tables: { name: string; rows: number; bytes: number }[]
    messages: { live: number; deleted: number }
    conversations: { messages: number }[]
  } // as the command says it
  const rowsOf = (name: string): number =>
    stats.tables.find((table) => table.name === name)?.rows ?? NaN
  const total = stats.messages.live + stats.messages.deleted
  expect(total).toBeGreaterThan(0)
  expect(rowsOf('messages') + rowsOf('direct_messages')).toBe(total)
  expect(stats.conversations.reduce((sum, { messages }) => sum + messages, 0)).toBe(total)
  expect(stats.tables.every(({ bytes }) => bytes > 0)).toBe(true)
  const text = await runCommand(runAdmin, ['stats'], dataDir)
  expect(text.out).toContain(`${stats.messages.live}, and ${stats.messages.deleted} deleted`)
})

test.for(['verify', 'rebuild', 'stats'])(
  '%s refuses a folder without a store, and makes none there',
  async (command) => {
    const nowhere = join(dataDir, 'nowhere')
    const refused = await runCommand(runAdmin, [command], nowhere)
    expect(refused).toMatchObject({ code: 3, out: '' })
    expect(refused.complaint).toContain('There is no database at')
    expect(existsSync(nowhere)).toBe(false)
  },
)

test('each command explains itself; one that is unknown ends with 2', async () => {
  const help = await runCommand(runAdmin, [], dataDir)
  expect(help.code).toBe(0)
  for (const name of ['verify', 'rebuild', 'stats', 'user', 'backup', 'restore']) {
    expect(help.out).toContain(name)
    const own = await runCommand(runAdmin, [name, '--help'], dataDir)
    expect(own.code).toBe(0)
    for (const word of [`admin -- ${name}`, '--data-dir', '--json', 'Exit codes']) {
      expect(own.out).toContain(word)
    }
  }
  expect((await runCommand(runAdmin, ['frobnicate'], dataDir)).code).toBe(2)
  expect((await runCommand(runAdmin, ['constructor'], dataDir)).code).toBe(2)
})
