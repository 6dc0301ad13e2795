/** What every import target does, run by the tests of each. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Conversation } from '../../shared/document/names.ts'
import { channelIdSchema, messageIdSchema, userIdSchema } from '../../shared/ids.ts'
import { formatReactionKey } from '../../shared/records/reaction.ts'
import { verify } from '../admin/verify.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { createJournal } from '../journal/journal.ts'
import { createLoadDocument } from '../journal/load-document.ts'
import { deriveId, hashOf } from './derive-id.ts'
import type { ImportTarget } from './import-target.ts'
import type { ImportedMessage, ImportedPerson } from './imported-records.ts'

export interface OpenTarget {
  target: ImportTarget
  sqlite: SqliteConnection
  close: () => Promise<void>
}

/** So few that any history becomes a chain. */
export const FEW_MESSAGES = 12

const time = Date.UTC(2020, 8, 13)
const channelId = channelIdSchema.parse(deriveId({ ms: 0 }, hashOf('channel')))
const general: Conversation = { kind: 'channel', id: channelId }
const ada = person('ada')
const ben = person('ben')
const signal = new AbortController().signal

function person(name: string): ImportedPerson {
  const id = userIdSchema.parse(deriveId({ ms: 0 }, hashOf(name)))
  return {
    id,
    name,
    displayName: null,
    email: null,
    bio: null,
    isDeactivated: false,
    isGuest: false,
  }
}

function message(number: number, fields: Partial<ImportedMessage> = {}): ImportedMessage {
  const createdAt = time + number * 1_000
  const authorId = number % 2 === 0 ? ada.id : ben.id
  const record = { authorId, createdAt, type: 'TEXT', content: `${number}`, version: 1 } as const
  return {
    id: messageIdSchema.parse(deriveId({ ms: createdAt }, hashOf('message'))),
    versions: [record],
    reactions: new Map(),
    ...fields,
  }
}

const messages = (count: number): ImportedMessage[] =>
  Array.from({ length: count }, (_, number) => message(number))

/** A signal that is aborted as soon as the condition is seen to hold. */
function abortedWhen(condition: () => boolean): { signal: AbortSignal; end: () => void } {
  const stop = new AbortController()
  let isOver = false
  function look(): void {
    if (isOver) return
    if (condition()) stop.abort()
    else setTimeout(look, 1)
  }
  look()
  return { signal: stop.signal, end: () => (isOver = true) }
}

export function describeImportTarget(name: string, openTarget: () => Promise<OpenTarget>): void {
  describe(`an import target: ${name}`, () => {
    let opened: OpenTarget
    let target: ImportTarget
    beforeEach(async () => {
      opened = await openTarget()
      ;({ target } = opened)
      await target.writeDirectory({
        people: [ada, ben],
        channels: [
          {
            ...{ id: channelId, name: 'General', slug: 'general', description: null },
            ...{ type: 'PUBLIC', createdBy: undefined, createdAt: time, isArchived: false },
            memberIds: [],
          },
        ],
        threads: [],
      })
    })
    afterEach(() => opened.close())

    const all = (sql: string): unknown[] => opened.sqlite.prepare(sql).all()
    const contents = (): unknown[] => all('SELECT content FROM messages ORDER BY created_at, id')
    const wanted = (count: number) => messages(count).map((_, n) => ({ content: `${n}` }))
    function differences(): unknown[] {
      const { sqlite } = opened
      const journal = createJournal({ sqlite, now: Date.now, randomClientId: () => 1 })
      return verify(sqlite, createLoadDocument(sqlite, journal))
    }

    test('writes people, channels and threads once, and answers what was new', async () => {
      const directory = { people: [ada, person('cid')], channels: [], threads: [] }
      const first = await target.writeDirectory(directory)
      expect(first).toEqual({ newPeople: 1, newChannels: 0, newThreads: 0, withoutEmail: [] })
      expect(await target.writeDirectory(directory)).toMatchObject({ newPeople: 0 })
    })

    test('notes the beginning and the end of an import in the audit log, each once', async () => {
      const importId = '0193a5a0-0000-4000-8000-0000000000c1'
      const counts = { people: 3, channels: 2, dms: 1, messages: 9, reactions: 4 }
      const about = { importId, source: 'slack', workspace: 'T1', counts } as const
      await target.note({ ...about, step: 'started', isComplete: false })
      const ended = { ...about, step: 'ended', isComplete: true } as const
      await target.note(ended)
      await target.note(ended)
      const details = { importId, source: 'slack', workspace: 'T1', ...counts }
      expect(all('SELECT action, actor_id, details FROM audit_logs')).toEqual([
        {
          ...{ action: 'workspace.import_started', actor_id: null },
          details: JSON.stringify(details),
        },
        {
          ...{ action: 'workspace.imported', actor_id: null },
          details: JSON.stringify({ ...details, isComplete: true }),
        },
      ])
    })

    test('finds who is here by an address that can be trusted', async () => {
      const here = '018f0000-0000-7000-8000-000000000001'
      opened.sqlite
        .prepare(
          `INSERT INTO users (id, email, name, role, created_at, updated_at)
           VALUES (?, 'cid@example.test', 'Cid', 'ADMIN', 1, 1)`,
        )
        .run(here)
      const cid = { ...person('cid'), email: 'Cid@Example.test' }
      expect(await target.findPeopleHere([ada, cid])).toEqual(new Map([[cid.id, here]]))
    })

    test('P3 writes history into a chain, in order, and the tables equal the documents', async () => {
      const written = await target.writeHistory(general, messages(100), { signal })
      expect(written).toEqual({ newMessages: 100, newReactions: 0 })
      expect(contents()).toEqual(wanted(100))
      const segments = all(
        'SELECT segment, count(*) AS count FROM messages GROUP BY segment ORDER BY segment',
      )
      expect(segments.slice(0, -1)).toEqual(
        Array.from({ length: 8 }, (_, n) => ({ segment: n + 1, count: FEW_MESSAGES })),
      )
      expect(segments.at(-1)).toEqual({ segment: 9, count: 4 })
      await expect.poll(differences).toEqual([])
    })

    test('adds nothing twice, and to what stands there only what is new', async () => {
      await target.writeHistory(general, messages(30), { signal })
      const key = formatReactionKey({ messageId: message(3).id, userId: ada.id, emoji: '👍' })
      const later = messages(31).with(3, message(3, { reactions: new Map([[key, time]]) }))
      expect(await target.writeHistory(general, later, { signal })).toEqual({
        newMessages: 1,
        newReactions: 1,
      })
      expect(await target.writeHistory(general, later, { signal })).toEqual({
        newMessages: 0,
        newReactions: 0,
      })
      expect(contents()).toEqual(wanted(31))
      await expect.poll(differences).toEqual([])
    })

    test('makes whoever joins a member, and nobody who left since', async () => {
      const members = (): unknown[] => all('SELECT user_id AS id FROM channel_members')
      const joining = [message(0, { isJoining: true }), message(1)]
      await target.writeHistory(general, joining, { signal })
      expect(members()).toEqual([{ id: ada.id }])
      opened.sqlite.exec('DELETE FROM channel_members')
      await target.writeHistory(general, joining, { signal })
      expect(members()).toEqual([])
    })

    test('P3 interrupted between any two parts, it can be taken up again', async () => {
      const history = messages(150)
      let interruptions = 0
      for (let wantedCount = 1; wantedCount < 150; wantedCount += 15) {
        const stopping = abortedWhen(() => contents().length >= wantedCount)
        try {
          await target.writeHistory(general, history, { signal: stopping.signal })
        } catch (error) {
          expect(error).toMatchObject({ name: 'AbortError' })
          interruptions += 1
        } finally {
          stopping.end()
        }
      }
      expect(interruptions).toBeGreaterThan(1)
      await target.writeHistory(general, history, { signal })
      expect(contents()).toEqual(wanted(150))
      await expect.poll(differences).toEqual([])
    })
  })
}
