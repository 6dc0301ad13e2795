import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type * as Y from 'yjs'
import { rootMap, rootNames } from '../../shared/document/layout.ts'
import { now } from '../../shared/testing/updates.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { deedKinds, type Deed } from '../testing/random-deeds.ts'
import {
  conversationCount,
  createHistory,
  createTemplate,
  deviceCount,
  type History,
  type Step,
  type Tally,
} from '../testing/random-history.ts'
import { rebuild } from './rebuild.ts'
import { verify } from './verify.ts'

const device = fc.nat(deviceCount - 1)
const place = fc.nat(conversationCount - 1)
const deed = fc.record<Deed>({
  kind: fc.constantFrom(...deedKinds, 'edit', 'edit', 'edit', 'delete'),
  pick: fc.nat(4),
})
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 14,
    arbitrary: fc.record({
      step: fc.constant<'write'>('write'),
      device,
      place,
      deeds: fc.array(deed, { minLength: 1, maxLength: 6, size: 'max' }),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      step: fc.constant<'push'>('push'),
      devices: fc.uniqueArray(device, { minLength: 1 }),
      place,
      isOneWay: fc.boolean(),
      isPosting: fc.nat(7).map((n) => n === 0),
    }),
  },
  { weight: 3, arbitrary: fc.record({ step: fc.constant<'pull'>('pull'), device, place }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant<'import'>('import'), place }) },
  {
    weight: 2,
    arbitrary: fc.record({
      step: fc.constant<'snapshot'>('snapshot'),
      place,
      isReloaded: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      step: fc.constant<'crash'>('crash'),
      devices: fc.uniqueArray(device),
      place,
    }),
  },
  { weight: 1, arbitrary: fc.record({ step: fc.constant<'restart'>('restart') }) },
)

const RUNS = 250
/** What is said to edits of a message that somebody has deleted, or edited otherwise, meanwhile. */
const lateCodes = ['already_deleted', 'version_mismatch']

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'connectnow-'))
  await createTemplate(join(folder, 'template.db'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const selects: Record<string, string> = {
  messages: 'SELECT * FROM messages',
  direct_messages: 'SELECT * FROM direct_messages',
  message_revisions:
    'SELECT conversation_id, message_id, version, content, replaced_at FROM message_revisions',
  message_reactions: 'SELECT * FROM message_reactions',
  message_pins: 'SELECT * FROM message_pins',
  mentions: 'SELECT * FROM mentions',
  message_files: 'SELECT * FROM message_files',
  notifications: `SELECT conversation_id, message_id, user_id, kind, conversation_kind, actor_id
    FROM notifications`,
  last_messages: `SELECT id, last_message_at FROM channels
    UNION ALL SELECT id, last_message_at FROM direct_message_threads`,
}

/** Every row of every table that the projection writes. */
function dump(sqlite: SqliteConnection): Record<string, string[]> {
  return sorted(
    Object.fromEntries(
      Object.entries(selects).map(([name, sql]) => [name, sqlite.prepare(sql).raw().all()]),
    ),
  )
}

function sorted(tables: Record<string, unknown[]>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(tables).map(([name, rows]) => [
      name,
      rows.map((row) => JSON.stringify(row)).toSorted(),
    ]),
  )
}

function contentOf(document: Y.Doc): unknown {
  return Object.fromEntries(rootNames.map((root) => [root, rootMap(document, root).toJSON()]))
}

function expectTablesToEqualDocuments(history: History, arrivedAt?: number): void {
  expect(verify(history.sqlite, history.engine.loadDocument)).toEqual([])
  expect(dump(history.sqlite)).toEqual(sorted(history.expectedRows(arrivedAt)))
}

test('P3 after random histories the tables equal the documents, and a rebuild changes nothing', async () => {
  const seen: Tally = {
    accepted: 0,
    refusals: [],
    contentions: 0,
    imported: 0,
    recovered: 0,
    trimmed: 0,
  }
  let runs = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(steps, { minLength: 20, maxLength: 100, size: 'max' }),
      async (taken) => {
        runs += 1
        const history = createHistory(join(folder, 'template.db'), join(folder, `${runs}.db`), seen)
        for (const step of taken) await history.take(step)
        history.engine.admission.settle()
        expectTablesToEqualDocuments(history)
        // Everybody has met: nobody's copy differs (P6), so the tables hold what everybody sees.
        for (const { copies, served } of await history.meet()) {
          for (const copy of copies) expect(contentOf(copy)).toEqual(contentOf(served))
        }
        // As `npm run rebuild` finds it: the server is gone, perhaps with rows still to be written.
        await history.take({ step: 'crash', devices: [], place: 0 })
        expectTablesToEqualDocuments(history)
        const { sqlite } = history
        const { loadDocument, project } = history.engine
        const later = (): number => now + 1_000_000_000

        const before = dump(sqlite)
        rebuild({ sqlite, loadDocument, project, now: later })
        expect(dump(sqlite)).toEqual(before)

        // And from nothing, it makes all that the documents hold: the same rows, arrivals aside.
        sqlite.exec(`DELETE FROM messages; DELETE FROM direct_messages;
          DELETE FROM message_reactions; DELETE FROM message_pins;
          UPDATE channels SET last_message_at = NULL;
          UPDATE direct_message_threads SET last_message_at = NULL`)
        rebuild({ sqlite, loadDocument, project, now: later })
        expectTablesToEqualDocuments(history, later())
        await history.close()
      },
    ),
    { numRuns: RUNS },
  )
  // Nothing is proved of what never happened.
  const { refusals, ...counts } = seen
  for (const times of Object.values(counts)) expect(times).toBeGreaterThan(RUNS / 10)
  // Honest devices are refused only for work that came too late.
  const tooLate = refusals.filter((code) => code === 'already_deleted')
  expect(tooLate.length).toBeGreaterThan(RUNS / 10)
  expect(refusals.filter((code) => !lateCodes.includes(code))).toEqual([])
}, 120_000)
