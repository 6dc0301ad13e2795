import { expect, onTestFinished, test } from 'vitest'
import { openTemporaryDatabase } from '../testing/temporary-database.ts'
import { prepareOnce } from './prepare-once.ts'

test('the same SQL is prepared once for a connection, whoever asks', async () => {
  const one = openTemporaryDatabase()
  const other = openTemporaryDatabase()
  onTestFinished(async () => void (await Promise.all([one.close(), other.close()])))
  const sql = 'SELECT count(*) AS count FROM users WHERE name = ?'
  const statement = prepareOnce<[string], { count: number }>(one.sqlite, sql)
  expect(statement.get('Ada')).toEqual({ count: 0 })
  expect(prepareOnce(one.sqlite, sql)).toBe(statement)
  expect(prepareOnce(other.sqlite, sql)).not.toBe(statement)
})

test('what is asked for rarely is forgotten, and prepared anew', async () => {
  const { sqlite, close } = openTemporaryDatabase()
  onTestFinished(close)
  const often = prepareOnce(sqlite, 'SELECT 1')
  const rarely = prepareOnce(sqlite, 'SELECT 2')
  for (let number = 3; number < 1_000; number += 1) {
    prepareOnce(sqlite, `SELECT ${number}`)
    expect(prepareOnce(sqlite, 'SELECT 1')).toBe(often)
  }
  expect(prepareOnce(sqlite, 'SELECT 2')).not.toBe(rarely)
})

test('a statement keeps answering when the tables change', async () => {
  const { sqlite, close } = openTemporaryDatabase()
  onTestFinished(close)
  sqlite.exec('CREATE TABLE notes (id INTEGER PRIMARY KEY)')
  sqlite.exec('INSERT INTO notes DEFAULT VALUES')
  const read = (): unknown => prepareOnce(sqlite, 'SELECT * FROM notes').get()
  expect(read()).toEqual({ id: 1 })
  sqlite.exec("ALTER TABLE notes ADD COLUMN text TEXT DEFAULT 'kept'")
  expect(read()).toEqual({ id: 1, text: 'kept' })
})
