import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  migrationsFolder,
  openTemporaryDatabase,
  type TemporaryDatabase,
} from '../testing/temporary-database.ts'
import { migrate } from './migrate.ts'

describe('migrations', () => {
  let store: TemporaryDatabase
  let folder: string

  beforeEach(() => {
    store = openTemporaryDatabase()
    folder = join(store.folder, 'migrations')
    cpSync(migrationsFolder, folder, { recursive: true })
  })
  afterEach(() => store.close())

  function applied(): number {
    return store.sqlite.prepare('SELECT name FROM schema_migrations').all().length
  }

  test('are applied once', () => {
    const count = applied()
    migrate(store.sqlite, folder)
    expect(applied()).toBe(count)
  })

  test('that are new are applied to a store that is in use', () => {
    writeFileSync(join(folder, '9000_add_notes.sql'), 'CREATE TABLE notes (id TEXT) STRICT;')
    migrate(store.sqlite, folder)
    expect(store.sqlite.prepare('SELECT * FROM notes').all()).toEqual([])
  })

  test('that fail leave nothing of themselves', () => {
    const count = applied()
    writeFileSync(join(folder, '9000_broken.sql'), 'CREATE TABLE notes (id TEXT) STRICT; nonsense;')
    expect(() => migrate(store.sqlite, folder)).toThrow('syntax error')
    expect(applied()).toBe(count)
    expect(() => store.sqlite.prepare('SELECT * FROM notes')).toThrow('no such table')
  })

  test('may not be edited after use', () => {
    writeFileSync(join(folder, '0001_people.sql'), '-- something else')
    expect(() => migrate(store.sqlite, folder)).toThrow('0001_people.sql was changed after use')
  })

  test('of a newer version are not taken for our own', () => {
    rmSync(join(folder, '0004_engine.sql'))
    expect(() => migrate(store.sqlite, folder)).toThrow('made by another version')
  })
})
