import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CommandContext } from '../cli-command.ts'
import { openDatabase } from '../database/open-database.ts'
import { runSeed } from '../seed/seed-command.ts'
import { runRebuild, runVerify } from './check-commands.ts'

describe('verify and rebuild', () => {
  let folder: string
  let lines: string[]

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'connectnow-'))
    lines = []
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  function context(): CommandContext {
    const print = (text: string): void => void lines.push(text)
    return {
      environment: { DATA_DIR: folder },
      output: {
        print,
        complain: print,
        progress: { stream: process.stderr, isInteractive: false },
      },
      now: Date.now,
      signal: new AbortController().signal,
    }
  }

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
    expect(await runSeed([], context())).toBe(0)
    expect(await runVerify([], context())).toBe(0)
    const before = rows()
    expect(before.length).toBeGreaterThan(20)
    expect(await runRebuild([], context())).toBe(0)
    expect(rows()).toEqual(before)
  })

  test('P3 rows that were changed, lost or added behind its back are named, and made good again', async () => {
    await runSeed([], context())
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

    expect(await runVerify([], context())).toBe(1)
    expect(lines.join('\n')).toContain(`messages ${first?.id}`)
    expect(lines.join('\n')).toContain(`messages ${second?.id}`)
    expect(lines.join('\n')).toMatch(/meta lastMessageAt.*meta newestSegment/s)
    expect(await runRebuild([], context())).toBe(0)
    expect(await runVerify([], context())).toBe(0)
    expect(rows()).toEqual(before)
  })
})
