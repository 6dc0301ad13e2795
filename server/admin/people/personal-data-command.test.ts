import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { listAuditLogsResponseSchema } from '../../../shared/api/audit-logs.ts'
import type { Channel } from '../../../shared/api/channels.ts'
import { personExportSchema } from '../../../shared/api/personal-data.ts'
import { formatUserDocumentName } from '../../../shared/document/names.ts'
import { filesWith } from '../../testing/bytes-in-store.ts'
import { runCommand, type CommandResult } from '../../testing/command-runner.ts'
import { startTestServer, type TestPerson, type TestServer } from '../../testing/running-server.ts'
import { connect } from '../../testing/sync-client.ts'
import { uploadFile } from '../../testing/upload.ts'
import { withinASecond } from '../../testing/within-a-second.ts'
import { runAdmin } from '../admin-command.ts'
import { peopleAnswerSchema } from './people-protocol.ts'

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let channel: Channel

beforeEach(async () => {
  server = await startTestServer({
    limits: { retentionSweepMs: 50 },
    files: { sweepIntervalMs: 20 },
  })
  ada = await server.signUp('Ada')
  ben = await server.signUp('Bartholomew')
  channel = await server.createChannel(ada, { name: 'C', slug: 'common' })
  await ben.request('POST', `/api/channels/${channel.id}/members`, { userId: ben.userId })
  const file = await uploadFile(ben, 'pomegranate in a file', { name: 'gooseberry.txt' })
  for (const fileIds of [[file.id], []]) {
    const body = { content: 'kumquat', ...(fileIds.length > 0 && { fileIds }) }
    const posted = await ben.request('POST', `/api/channels/${channel.id}/messages`, body)
    expect(posted.status).toBe(201)
  }
  return () => server.close()
})

const user = (...args: string[]): Promise<CommandResult> =>
  runCommand(runAdmin, ['user', ...args], server.folder)

const column = (statement: string): unknown[] => server.sqlite.prepare(statement).pluck().all()

const exportedSchema = z.strictObject({ file: z.string(), sizeBytes: z.int() })

async function exportBen(file: string): Promise<z.infer<typeof personExportSchema>> {
  const { code, out, complaint } = await user('export', ben.email, file, '--json')
  expect([code, complaint]).toEqual([0, ''])
  const { sizeBytes } = exportedSchema.parse(JSON.parse(out))
  const { size, mode } = statSync(file)
  expect([size, mode & 0o777]).toEqual([sizeBytes, 0o600])
  return personExportSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
}

test('all that is kept about somebody is written into a file, beside a server and without one', async () => {
  // More than a page, and more than what a socket holds.
  server.sqlite
    .prepare(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
       INSERT INTO messages (channel_id, id, author_id, content, type, version, created_at, received_at)
       SELECT ?, 'copy ' || i, ?, hex(zeroblob(1000)), 'TEXT', 1, i, i FROM n`,
    )
    .run(channel.id, ben.userId)
  const beside = await exportBen(join(server.folder, 'beside.json'))
  expect(beside.messages).toHaveLength(3_002)
  expect(beside).toMatchObject({ profile: [{ email: ben.email }], files: [{}] })
  const noted = "SELECT actor_id FROM audit_logs WHERE action = 'person.exported'"
  expect(column(noted)).toEqual([null])
  await server.restart(async () => {
    const alone = await exportBen(join(server.folder, 'alone.json'))
    expect({ ...alone, auditLog: [] }).toEqual({ ...beside, auditLog: [] })
  })
  expect(column(noted)).toEqual([null, null])
})

test('an export replaces no file, and one that fails leaves none', async () => {
  const taken = join(server.folder, 'taken.json')
  writeFileSync(taken, 'mine')
  expect(await user('export', ben.userId, taken)).toMatchObject({ code: 3, out: '' })
  expect(readFileSync(taken, 'utf8')).toBe('mine')
  const file = join(server.folder, 'none.json')
  expect((await user('export', 'nobody@example.test', file)).code).toBe(3)
  const aborted = { signal: AbortSignal.abort() }
  const args = ['user', 'export', ben.userId, file]
  await expect(runCommand(runAdmin, args, server.folder, aborted)).rejects.toThrow('abort')
  expect(readdirSync(server.folder).filter((name) => name.startsWith('none'))).toEqual([])
  for (const wrong of [['export'], ['export', ben.userId], ['export', ben.userId, 'a', 'b']]) {
    expect((await user(...wrong)).code).toBe(2)
  }
})

test('P12.5 nobody is erased without being named once more, nor the last owner', async () => {
  const refused = await user('erase', ben.email)
  expect(refused.code).toBe(3)
  expect(refused.complaint).toContain(`Erasing Bartholomew cannot be undone`)
  expect(refused.complaint).toContain(`--confirm ${ben.email}`)
  expect((await user('erase', ben.email, '--confirm', ada.email)).code).toBe(3)
  expect((await user('erase', ben.email, ben.email)).code).toBe(2)
  expect((await user('show', ben.email, '--confirm', ben.email)).code).toBe(2)
  const owner = await user('erase', ada.email, '--confirm', ada.email)
  expect(owner).toMatchObject({ code: 3 })
  expect(owner.complaint).toContain('last owner')
  expect(column('SELECT count(*) FROM users WHERE erased_at IS NOT NULL')).toEqual([0])
  expect((await user('--help')).out).toMatch(/user erase <who> --confirm/)
})

const traces = ['kumquat', 'pomegranate', 'gooseberry', 'Bartholomew', 'bartholomew@']

test('P12.5 somebody is erased beside the running server, at once', async () => {
  const client = connect(server, ben)
  const own = client.open(formatUserDocumentName(ben.userId))
  await own.synced
  const ended = withinASecond(own.refused)
  const { code, out } = await user('erase', ben.email, '--confirm', ben.email, '--json')
  expect(code).toBe(0)
  expect(peopleAnswerSchema.parse(JSON.parse(out)).people).toMatchObject([
    { id: ben.userId, name: 'Unknown', email: null, isDeactivated: true, sessions: 0 },
  ])
  expect(await ended).toEqual({ code: 'session_ended' })
  client.close()
  for (const word of traces) {
    await expect.poll(() => [word, ...filesWith(server.folder, word)]).toEqual([word])
  }
  expect(column("SELECT actor_id FROM audit_logs WHERE action = 'person.erased'")).toEqual([null])
})

test('P12.5 somebody is erased without a server, to the last byte when the command ends', async () => {
  for (const word of traces) {
    expect([word, filesWith(server.folder, word).length]).not.toEqual([word, 0])
  }
  await server.restart(async () => {
    expect((await user('erase', ben.userId, '--confirm', ben.email)).code).toBe(0)
    for (const word of traces) expect([word, ...filesWith(server.folder, word)]).toEqual([word])
    expect((await runCommand(runAdmin, ['verify'], server.folder)).code).toBe(0)
    expect(existsSync(join(server.folder, 'connectnow.db-wal'))).toBe(false)
  })
  expect(column('SELECT count(*) FROM users WHERE erasure_completed_at > 0')).toEqual([1])
  expect(column('SELECT count(*) FROM file_uploads')).toEqual([0])
})

test('deeds of commands are in the audit log that owners read, as the server’s', async () => {
  const role = ['set-role', ben.email, 'admin']
  for (const args of [role, ['end-sessions'], ['deactivate'], ['reactivate'], ['reset-password']]) {
    const [command = '', who = ben.email, ...more] = args
    expect((await user(command, who, ...more)).code).toBe(0)
  }
  const response = await ada.request('GET', `/api/audit-logs?entityId=${ben.userId}`)
  const { entries } = listAuditLogsResponseSchema.parse(await response.json())
  const deeds = entries.filter(({ actorId }) => actorId === null).map(({ action }) => action)
  // Two of them are of the same moment, in no order.
  expect(new Set(deeds)).toEqual(
    new Set([
      'person.role_changed',
      'person.sessions_ended',
      'person.deactivated',
      'person.reactivated',
      'person.password_reset',
      'person.claim_link_created',
    ]),
  )
  expect(deeds).toHaveLength(6)
})

test('a rebuild, and a restore with what was restored, are in the audit log', async () => {
  const backup = join(server.folder, 'kept.zip')
  expect((await runCommand(runAdmin, ['backup', backup], server.folder)).code).toBe(0)
  await server.restart(async () => {
    for (const args of [['restore', backup, '--force'], ['rebuild']]) {
      expect((await runCommand(runAdmin, args, server.folder)).code).toBe(0)
    }
  })
  const response = await ada.request('GET', '/api/audit-logs?entityType=workspace')
  const { entries } = listAuditLogsResponseSchema.parse(await response.json())
  expect(entries).toMatchObject([
    { action: 'workspace.rebuilt', actorId: null, details: { documents: 1 } },
    {
      ...{ action: 'workspace.restored', actorId: null },
      details: { madeAt: expect.any(Number), generation: expect.any(Number) },
    },
  ])
})
