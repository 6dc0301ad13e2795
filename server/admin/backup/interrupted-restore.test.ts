import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate } from '../../database/migrate.ts'
import { openDatabase } from '../../database/open-database.ts'
import { runSeed } from '../../seed/seed-command.ts'
import { runCommand } from '../../testing/command-runner.ts'
import { migrationsFolder } from '../../testing/temporary-database.ts'
import { runBackup } from './backup-command.ts'
import { putInPlace } from './put-in-place.ts'
import { runRestore } from './restore-command.ts'
import { writeBackup } from './write-backup.ts'

const LARGE_BYTES = 3 * 1_048_576
/** In KiB: room for the database, not for the large file. */
const LARGEST_FILE = 2_048

let folder: string
let dataDir: string
let file: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'connectnow-'))
  dataDir = join(folder, 'data')
  file = join(folder, 'one.zip')
  expect((await runCommand(runSeed, [], dataDir)).code).toBe(0)
  keep('files/aa/large', randomBytes(LARGE_BYTES))
  keep('auth-secret', 'the secret')
})
afterEach(() => rmSync(folder, { recursive: true }))

function keep(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(dataDir, path)), { recursive: true })
  writeFileSync(join(dataDir, path), content)
}

/** Every file of the store, by its hash; empty logs beside the database mean nothing. */
function contents(): Record<string, string> {
  const paths = readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/-(wal|shm)$|[.]lock$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(
    paths.map((path) => [path, createHash('sha256').update(readFileSync(path)).digest('hex')]),
  )
}

/** Runs a command in a process that may write no larger file, as on a disk that is nearly full. */
function runWithoutRoom(...args: string[]): { status: number | null; stderr: string } {
  const cli = join(import.meta.dirname, '../../cli.ts')
  const limited = ['-c', `ulimit -f ${LARGEST_FILE}; exec "$@"`, 'bash', process.execPath, cli]
  const { status, stderr } = spawnSync('bash', [...limited, 'admin', ...args], {
    encoding: 'utf8',
    env: { ...process.env, DATA_DIR: dataDir },
  })
  return { status, stderr }
}

test('a restore for which the disk has no room leaves the old store in its place', async () => {
  await runCommand(runBackup, [file], dataDir)
  keep('files/bb/later', 'a later picture')
  const before = contents()
  const { status, stderr } = runWithoutRoom('restore', file, '--force')
  expect(stderr).toBe(
    `${file} was not restored: the disk has no room for it. Nothing was changed.\n`,
  )
  expect(status).toBe(3)
  expect(contents()).toEqual(before)
  expect(readdirSync(dataDir).filter((name) => /^(\.|before)/.test(name))).toEqual([])
})

test('a backup for which the disk has no room leaves nothing, not even an earlier file changed', () => {
  writeFileSync(file, 'an earlier backup')
  const { status, stderr } = runWithoutRoom('backup', file, '--force')
  expect(stderr).toBe(`${file} was not written: the disk has no room for it.\n`)
  expect(status).toBe(1)
  expect(readFileSync(file, 'utf8')).toBe('an earlier backup')
  expect(readdirSync(folder).toSorted()).toEqual(['data', 'one.zip'])
})

test('a restore that ends before the database is replaced leaves the old store with all its files', () => {
  const before = contents()
  const staged = join(folder, 'staged')
  cpSync(dataDir, staged, { recursive: true })
  rmSync(join(staged, 'files/aa/large'))
  // What is to be done last cannot be done.
  rmSync(join(staged, 'connectnow.db'))
  expect(() => putInPlace({ staged, dataDir, aside: join(dataDir, 'before-restore-1') })).toThrow(
    'ENOENT',
  )
  expect(contents()).toMatchObject(before)
})

/** A backup of what a version of the product kept that had these migrations. */
async function backUpWith(migrations: string): Promise<void> {
  const made = join(folder, 'other-version')
  mkdirSync(made)
  const { sqlite, close } = openDatabase(join(made, 'connectnow.db'))
  migrate(sqlite, migrations)
  sqlite.exec(`
    INSERT INTO users (id, email, name, created_at, updated_at) VALUES ('u', 'Ada@example.test', 'Ada', 1, 1);
    INSERT INTO channels (id, name, slug, created_at, updated_at) VALUES ('c', 'C', 'old', 1, 1);
    INSERT INTO channel_members (channel_id, user_id, joined_at) VALUES ('c', 'u', 1)`)
  await close()
  const workFolder = join(folder, 'work')
  mkdirSync(workFolder)
  await writeBackup({ dataDir: made, workFolder, madeAt: 1 }, file)
}

function copyMigrations(upTo: string): string {
  const migrations = join(folder, 'migrations')
  mkdirSync(migrations)
  for (const name of readdirSync(migrationsFolder).filter((each) => each <= upTo)) {
    copyFileSync(join(migrationsFolder, name), join(migrations, name))
  }
  return migrations
}

test('a backup that cannot be read to its end fails, and hangs on nothing', async () => {
  writeFileSync(join(dataDir, 'connectnow.db'), 'not a database at all')
  await expect(runCommand(runBackup, [file], dataDir)).rejects.toThrow('not a database')
  expect(readdirSync(folder)).toEqual(['data'])
})

test('a backup of an older version is migrated as it is restored', async () => {
  await backUpWith(copyMigrations('0007_whole_directory.sql'))
  const restored = await runCommand(runRestore, [file, '--force', '--json'], dataDir)
  expect(restored).toMatchObject({ code: 0, complaint: '' })
  const { sqlite, close } = openDatabase(join(dataDir, 'connectnow.db'))
  const value = (sql: string): unknown => sqlite.prepare(sql).pluck().get()
  expect(value('SELECT count(*) FROM schema_migrations')).toBe(readdirSync(migrationsFolder).length)
  expect(value('SELECT email FROM users')).toBe('ada@example.test')
  expect(value("SELECT count(*) FROM v_members WHERE channel = 'old'")).toBe(1)
  expect(value("SELECT count(*) FROM read_receipts WHERE user_id = 'u'")).toBe(1)
  await close()
})

test('a backup of a newer version is refused, and nothing is changed', async () => {
  const migrations = copyMigrations('9999')
  writeFileSync(join(migrations, '9999_later.sql'), 'CREATE TABLE later (id TEXT) STRICT;')
  await backUpWith(migrations)
  const before = contents()
  const refused = await runCommand(runRestore, [file, '--force'], dataDir)
  expect(refused.code).toBe(3)
  expect(refused.complaint).toContain('made by another version: it has 9999_later.sql')
  expect(refused.complaint).toContain('Nothing was changed')
  expect(contents()).toEqual(before)
  expect(existsSync(join(dataDir, 'connectnow.db'))).toBe(true)
})
