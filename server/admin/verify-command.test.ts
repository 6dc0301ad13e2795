import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../database/open-database.ts'
import { runSeed } from '../seed/seed-command.ts'
import { runCommand } from '../testing/command-runner.ts'
import { runRebuild } from './rebuild-command.ts'
import { runVerify } from './verify-command.ts'

describe('verify and rebuild', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'connectnow-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  /** All rows of all conversations, in an order of their own. */
  function rows(): unknown[] {
    const { sqlite, close } = openDatabase(join(folder, 'connectnow.db'))
    const tables = [
      'channels',
      'direct_message_threads',
      'messages',
      'direct_messages',
      'message_revisions',
      'message_reactions',
      'message_pins',
    ]
    const found = tables.flatMap((table) =>
      sqlite.prepare(`SELECT * FROM ${table} ORDER BY 1, 2, 3`).all(),
    )
    void close()
    return found
  }

  test('P3 a seeded workspace verifies, and a rebuild changes no row', async () => {
    expect((await runCommand(runSeed, [], folder)).code).toBe(0)
    expect((await runCommand(runVerify, [], folder)).code).toBe(0)
    const before = rows()
    expect(before.length).toBeGreaterThan(20)
    expect((await runCommand(runRebuild, [], folder)).code).toBe(0)
    expect(rows()).toEqual(before)
  })

  test('P3 rows that were changed, lost or added behind its back are named, and made good again', async () => {
    await runCommand(runSeed, [], folder)
    const before = rows()
    const { sqlite, close } = openDatabase(join(folder, 'connectnow.db'))
    sqlite.pragma('foreign_keys = OFF')
    const [first, second] = sqlite
      .prepare<[], { id: string }>('SELECT id FROM messages ORDER BY id')
      .all()
    sqlite.prepare('UPDATE messages SET content = ? WHERE id = ?').run('forged', first?.id)
    sqlite.prepare('DELETE FROM message_reactions').run()
    sqlite.prepare('UPDATE messages SET version = 9 WHERE id = ?').run(second?.id)
    sqlite.prepare('UPDATE channels SET last_message_at = 1, newest_segment = 7').run()
    await close()

    const { code, complaint } = await runCommand(runVerify, [], folder)
    expect(code).toBe(1)
    expect(complaint).toContain(`messages ${first?.id}`)
    expect(complaint).toContain(`messages ${second?.id}`)
    expect(complaint).toMatch(/meta lastMessageAt.*meta newestSegment/s)
    expect((await runCommand(runRebuild, [], folder)).code).toBe(0)
    expect((await runCommand(runVerify, [], folder)).code).toBe(0)
    expect(rows()).toEqual(before)
  })
})
