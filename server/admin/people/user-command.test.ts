import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { connect as connectSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { beforeEach, expect, test } from 'vitest'
import { formatUserDocumentName } from '../../../shared/document/names.ts'
import { lockDataDirectory } from '../../database/lock-data-directory.ts'
import { openTemporaryDatabase } from '../../testing/temporary-database.ts'
import { runCommand, type CommandResult } from '../../testing/command-runner.ts'
import { startTestServer, type TestPerson, type TestServer } from '../../testing/running-server.ts'
import { connect } from '../../testing/sync-client.ts'
import { withinASecond } from '../../testing/within-a-second.ts'
import { runAdmin } from '../admin-command.ts'
import { SOCKET_NAME, peopleAnswerSchema, type PeopleAnswer } from './people-protocol.ts'

let server: TestServer
let ada: TestPerson
let ben: TestPerson

beforeEach(async () => {
  server = await startTestServer()
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
  return () => server.close()
})

const user = (...args: string[]): Promise<CommandResult> =>
  runCommand(runAdmin, ['user', ...args], server.folder)

async function ask(...args: string[]): Promise<PeopleAnswer> {
  const { code, out, complaint } = await user(...args, '--json')
  expect([code, complaint]).toEqual([0, ''])
  return peopleAnswerSchema.parse(JSON.parse(out))
}

async function signIn(email: string, password: string): Promise<number> {
  const response = await fetch(`${server.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify({ email, password }),
  })
  return response.status
}

/** Opens the person's own document; resolves with why it is closed. */
async function watch(person: TestPerson) {
  const client = connect(server, person)
  const own = client.open(formatUserDocumentName(person.userId))
  await own.synced
  return { refused: own.refused, close: client.close }
}

test('people are listed and shown, by id or by e-mail address, beside the running server', async () => {
  const { people } = await ask('list')
  expect(people.map(({ name, role }) => `${name} ${role}`)).toEqual(['Ada OWNER', 'Ben MEMBER'])
  const shown = await ask('show', 'BEN@example.test')
  expect(shown.people).toMatchObject([{ id: ben.userId, sessions: 1, tokens: 0, canSignIn: true }])
  expect(await ask('show', ben.userId)).toEqual(shown)
  expect((await user('show', ben.userId)).out).toContain('Ben <ben@example.test>')
})

test('P7 what is done beside the running server is in force on open connections at once', async () => {
  const watched = await watch(ben)
  const ended = withinASecond(watched.refused)
  expect((await ask('deactivate', ben.email)).people).toMatchObject([{ isDeactivated: true }])
  expect(await ended).toEqual({ code: 'session_ended' })
  watched.close()
  expect(await signIn(ben.email, 'correct horse battery')).not.toBe(200)
  await ask('reactivate', ben.email)
  expect(await signIn(ben.email, 'correct horse battery')).toBe(200)

  const adas = await watch(ada)
  const signedOut = withinASecond(adas.refused)
  expect((await ask('end-sessions', ada.userId)).people).toMatchObject([{ sessions: 0 }])
  expect(await signedOut).toEqual({ code: 'session_ended' })
  adas.close()
})

test('P7 a reset ends the password and every session; the link sets a new one, once', async () => {
  const watched = await watch(ben)
  const ended = withinASecond(watched.refused)
  const { link, people } = await ask('reset-password', ben.email)
  expect(await ended).toEqual({ code: 'session_ended' })
  watched.close()
  expect(people).toMatchObject([{ canSignIn: false, sessions: 0 }])
  expect(await signIn(ben.email, 'correct horse battery')).toBe(401)

  const claim = async (): Promise<number> => {
    const response = await fetch(`${server.url}/api/auth/claim`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: server.url },
      body: JSON.stringify({ token: link?.url.split('#')[1], password: 'a quite new password' }),
    })
    return response.status
  }
  expect(await claim()).toBeLessThan(300)
  expect(await signIn(ben.email, 'a quite new password')).toBe(200)
  expect(await claim()).toBe(404)
})

test('a role is given, and the workspace is never left without an owner', async () => {
  for (const [command, ...more] of [['set-role', 'member'], ['deactivate']] as const) {
    const refused = await user(command, ada.userId, ...more)
    expect(refused).toMatchObject({ code: 3, out: '' })
    expect(refused.complaint).toContain('last owner')
  }
  expect((await ask('set-role', ben.userId, 'owner')).people).toMatchObject([{ role: 'OWNER' }])
  expect((await ask('set-role', ada.userId, 'guest')).people).toMatchObject([{ role: 'GUEST' }])
  const noted = server.sqlite
    .prepare(
      "SELECT actor_id, entity_id, details FROM audit_logs WHERE action = 'person.role_changed'",
    )
    .all()
  expect(noted).toContainEqual({
    actor_id: null,
    entity_id: ben.userId,
    details: '{"role":"OWNER"}',
  })
})

test('nobody, wrong usage and a directory in other use have exit codes of their own', async () => {
  expect(await user('show', 'nobody@example.test')).toMatchObject({ code: 3 })
  for (const args of [[], ['list', 'x'], ['show'], ['set-role', ben.userId], ['promote', 'x']]) {
    expect((await user(...args)).code).toBe(2)
  }
  const { folder, close } = openTemporaryDatabase()
  const release = lockDataDirectory(folder)
  expect((await runCommand(runAdmin, ['user', 'list'], folder)).code).toBe(5)
  release()
  await close()
})

test('the same works in a store without a server', async () => {
  const asked: CommandResult[] = []
  await server.restart(async () => {
    asked.push(await user('set-role', ben.email, 'admin'), await user('list', '--json'))
  })
  expect(asked.map(({ code }) => code)).toEqual([0, 0])
  const { people } = peopleAnswerSchema.parse(JSON.parse(asked[1]?.out ?? ''))
  expect(people.map(({ role }) => role)).toEqual(['OWNER', 'ADMIN'])
})

test('the socket is its owner’s alone, and takes nothing but requests of this kind', async () => {
  const path = join(server.folder, SOCKET_NAME)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const send = async (request: string): Promise<string> => {
    const socket = connectSocket(path)
    socket.end(request)
    return text(socket)
  }
  const post = (body: string): string =>
    `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  expect(await send(post('{"command":"drop"}'))).toContain('invalid_request')
  expect(await send(post('['))).toContain('invalid_request')
  expect(await send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n')).toContain(
    'payload_too_large',
  )
  expect(await send('nonsense\r\n\r\n')).toContain('400')
  expect((await ask('list')).people).toHaveLength(2)
})

test('a folder in which there is no store is told, and stays empty', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'connectnow-'))
  const ended = await runCommand(runAdmin, ['user', 'list'], empty)
  expect(ended).toMatchObject({ code: 3, out: '' })
  expect(ended.complaint).toContain('There is no database at')
  expect(readdirSync(empty)).toEqual([])
  rmSync(empty, { recursive: true })
})
