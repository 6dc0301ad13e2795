import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase } from '../../database/open-database.ts'
import { runSeed } from '../../seed/seed-command.ts'
import { runCommand } from '../../testing/command-runner.ts'
import { startTestServer, type TestPerson } from '../../testing/running-server.ts'
import { uploadFile } from '../../testing/upload.ts'
import { runVerify } from '../verify-command.ts'
import { runBackup } from './backup-command.ts'
import { runRestore } from './restore-command.ts'

let folder: string
let dataDir: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'connectnow-'))
  dataDir = join(folder, 'data')
  file = join(folder, 'backups', 'one.zip')
})
afterEach(() => rmSync(folder, { recursive: true }))

async function seed(): Promise<void> {
  expect((await runCommand(runSeed, [], dataDir)).code).toBe(0)
  mkdirSync(join(dataDir, 'files/aa'), { recursive: true })
  writeFileSync(join(dataDir, 'files/aa/picture'), 'a picture')
  writeFileSync(join(dataDir, 'auth-secret'), 'kept')
}

/** Everything in the database but what a restore changes on purpose. */
async function contents(directory: string): Promise<unknown[]> {
  const { sqlite, close } = openDatabase(join(directory, 'connectnow.db'))
  const tables = sqlite
    .prepare<[], { name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'store_state' ORDER BY name",
    )
    .all()
  const rows = tables.map(({ name }) =>
    sqlite
      .prepare<[], Record<string, unknown>>(`SELECT * FROM "${name}"`)
      .all()
      .filter(({ action }) => action !== 'workspace.restored'),
  )
  await close()
  return rows
}

async function generationOf(directory: string): Promise<number> {
  const { sqlite, close } = openDatabase(join(directory, 'connectnow.db'))
  const row = sqlite.prepare<[], { generation: number }>('SELECT generation FROM store_state').get()
  await close()
  return row?.generation ?? 0
}

test('a backup holds everything, is checked, and restores into an empty folder', async () => {
  await seed()
  const before = await contents(dataDir)
  const made = await runCommand(runBackup, [file, '--json'], dataDir)
  expect(made).toMatchObject({ code: 0, complaint: '' })
  expect(JSON.parse(made.out)).toMatchObject({ file, files: 3, findings: [] })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(folder, 'backups'))).toEqual(['one.zip'])

  const other = join(folder, 'other')
  const restored = await runCommand(runRestore, [file, '--json'], other)
  expect(restored).toMatchObject({ code: 0, complaint: '' })
  expect(JSON.parse(restored.out)).toMatchObject({ files: 3, aside: null, findings: [] })
  expect(await contents(other)).toEqual(before)
  expect(readFileSync(join(other, 'files/aa/picture'), 'utf8')).toBe('a picture')
  expect(readFileSync(join(other, 'auth-secret'), 'utf8')).toBe('kept')
  expect((await runCommand(runVerify, [], other)).code).toBe(0)
  expect(readdirSync(other).filter((name) => name.startsWith('.'))).toEqual([])
})

/**
 * Posts with a file each until it is told to stop, and tells of each post that was acknowledged. Deletes
 * other files meanwhile.
 */
async function writeAway(
  person: TestPerson,
  path: string,
  signal: AbortSignal,
  onPost: (content: string) => void,
): Promise<void> {
  const drafts: string[] = []
  for (let index = 0; !signal.aborted; index += 1) {
    const content = `${person.name} ${index}`
    const { id } = await uploadFile(person, `a file of ${content}`)
    const unsent = await uploadFile(person, 'sent nowhere')
    drafts.push(unsent.id)
    if (drafts.length > 5) await person.request('DELETE', `/api/files/${drafts.shift()}`)
    const response = await person.request('POST', path, { content, fileIds: [id] })
    expect(response.status).toBe(201)
    onPost(content)
  }
}

test('P1 a backup while people write holds what was acknowledged before it, with its files', async () => {
  const uploads = { capacity: 10_000, perSecond: 10_000 }
  const server = await startTestServer({ limits: { uploads }, files: { sweepIntervalMs: 5 } })
  try {
    const people = []
    for (const name of ['Ada', 'Ben', 'Cleo']) people.push(await server.signUp(name))
    const [ada, ...others] = people
    if (ada === undefined) throw new Error('Nobody is there')
    const channel = await server.createChannel(ada, { name: 'C', slug: 'busy' })
    for (const { userId } of others) {
      await ada.request('POST', `/api/channels/${channel.id}/members`, { userId })
    }
    const posted: string[] = []
    const enough = Promise.withResolvers<void>()
    const ending = new AbortController()
    const path = `/api/channels/${channel.id}/messages`
    const writing = people.map((person) =>
      writeAway(person, path, ending.signal, (content) => {
        if (posted.push(content) >= 30) enough.resolve()
      }),
    )
    await enough.promise
    const before = [...posted]
    expect(await runCommand(runBackup, [file], server.folder)).toMatchObject({
      ...{ code: 0, complaint: '' },
    })
    expect(posted.length).toBeGreaterThan(before.length)
    expect(await runCommand(runVerify, [], server.folder)).toMatchObject({
      ...{ code: 0, complaint: '' },
    })
    // Restoring under its feet is refused.
    expect((await runCommand(runRestore, [file, '--force'], server.folder)).code).toBe(5)
    ending.abort()
    await Promise.all(writing)

    expect((await runCommand(runRestore, [file], dataDir)).code).toBe(0)
    expect((await runCommand(runVerify, [], dataDir)).code).toBe(0)
    const { sqlite, close } = openDatabase(join(dataDir, 'connectnow.db'))
    const kept = sqlite
      .prepare<[], string>(
        `SELECT content FROM messages JOIN file_uploads ON message_id = messages.id
         WHERE size_bytes > 0`,
      )
      .pluck()
      .all()
    await close()
    expect(before.filter((content) => !kept.includes(content))).toEqual([])
    expect((await runCommand(runVerify, [], server.folder)).code).toBe(0)
  } finally {
    await server.close()
  }
})

test('a restore never overwrites data unasked, and puts it aside when asked', async () => {
  await seed()
  await runCommand(runBackup, [file], dataDir)
  const database = openDatabase(join(dataDir, 'connectnow.db'))
  database.sqlite.prepare("UPDATE channels SET name = 'later'").run()
  await database.close()
  writeFileSync(join(dataDir, 'files/aa/later'), 'a later picture')
  const later = await contents(dataDir)

  const refused = await runCommand(runRestore, [file], dataDir)
  expect(refused.code).toBe(3)
  expect(await contents(dataDir)).toEqual(later)

  const forced = await runCommand(runRestore, [file, '--force', '--json'], dataDir)
  expect(forced.code).toBe(0)
  const { aside } = JSON.parse(forced.out) as { aside: string } // as the command says it
  expect(await contents(aside)).toEqual(later)
  expect(readFileSync(join(aside, 'files/aa/later'), 'utf8')).toBe('a later picture')
  expect(existsSync(join(dataDir, 'files/aa/later'))).toBe(false)
  expect(await contents(dataDir)).not.toEqual(later)
  // What was put aside is in no later backup, and does not count as data.
  const second = await runCommand(runBackup, [join(folder, 'two.zip'), '--json'], dataDir)
  expect(JSON.parse(second.out)).toMatchObject({ files: 3 })
})

test('each restore raises the generation, whichever backup it is', async () => {
  await seed()
  await runCommand(runBackup, [file], dataDir)
  const generations = [await generationOf(dataDir)]
  for (let round = 0; round < 3; round += 1) {
    await runCommand(runRestore, [file, '--force'], dataDir, { now: () => 1_000 + round })
    generations.push(await generationOf(dataDir))
  }
  // Nor on a machine that knows nothing of the earlier ones, a second later.
  const elsewhere = join(folder, 'elsewhere')
  await runCommand(runRestore, [file], elsewhere)
  generations.push(await generationOf(elsewhere))
  expect(new Set(generations).size).toBe(5)
  expect(generations).toEqual(generations.toSorted((one, other) => one - other))
})

test('a store that cannot be read any more is replaced all the same', async () => {
  await seed()
  await runCommand(runBackup, [file], dataDir)
  const before = await contents(dataDir)
  writeFileSync(join(dataDir, 'connectnow.db'), 'not a database at all')
  writeFileSync(join(dataDir, 'connectnow.db-wal'), 'nor a log of one')
  const restored = await runCommand(runRestore, [file, '--force'], dataDir)
  expect(restored).toMatchObject({ code: 0 })
  expect(await contents(dataDir)).toEqual(before)
})

test('a damaged backup is refused, and nothing is changed', async () => {
  await seed()
  await runCommand(runBackup, [file], dataDir)
  const before = await contents(dataDir)
  const bytes = readFileSync(file)
  const at = bytes.indexOf('a picture')
  expect(at).toBeGreaterThan(0)
  const spoiled = { changed: Buffer.from(bytes), cut: bytes.subarray(0, bytes.length / 2) }
  spoiled.changed[at] = 'b'.charCodeAt(0)
  for (const damaged of [...Object.values(spoiled), Buffer.from('no archive')]) {
    const path = join(folder, 'damaged.zip')
    writeFileSync(path, damaged)
    const result = await runCommand(runRestore, [path, '--force'], dataDir)
    expect(result.code).toBe(3)
    expect(result.complaint).toContain('Nothing was changed')
    expect(await contents(dataDir)).toEqual(before)
    expect(readdirSync(dataDir).some((name) => /^(\.|before)/.test(name))).toBe(false)
  }
  const missing = await runCommand(runRestore, [join(folder, 'nowhere.zip')], join(folder, 'new'))
  expect(missing.code).toBe(3)
})

test('a backup of a store with differences is kept, and says so', async () => {
  await seed()
  const database = openDatabase(join(dataDir, 'connectnow.db'))
  database.sqlite.prepare("UPDATE messages SET content = 'forged'").run()
  await database.close()
  const made = await runCommand(runBackup, [file], dataDir)
  expect(made.code).toBe(1)
  expect(made.complaint).toContain('tables: channel:')
  expect(existsSync(file)).toBe(true)
})

test('a file that is there is not replaced unasked; wrong usage ends with 2', async () => {
  await seed()
  copyFileSync(join(dataDir, 'auth-secret'), join(folder, 'there.zip'))
  const there = join(folder, 'there.zip')
  expect((await runCommand(runBackup, [there], dataDir)).code).toBe(3)
  expect(readFileSync(there, 'utf8')).toBe('kept')
  expect((await runCommand(runBackup, [there, '--force'], dataDir)).code).toBe(0)
  expect((await runCommand(runBackup, [], dataDir)).code).toBe(2)
  expect((await runCommand(runRestore, ['a', 'b'], dataDir)).code).toBe(2)
  expect((await runCommand(runBackup, [file], join(folder, 'empty'))).code).toBe(3)
  for (const run of [runBackup, runRestore]) {
    const help = await runCommand(run, ['--help'], dataDir)
    expect(help.code).toBe(0)
    for (const word of ['--data-dir', '--json', '--force', 'Exit codes']) {
      expect(help.out).toContain(word)
    }
  }
})
