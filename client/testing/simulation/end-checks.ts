/** What must hold when a history has ended well: all is delivered, all is equal, nothing is lost. */
import { isDeepStrictEqual } from 'node:util'
import { openDB } from 'idb'
import { expect } from 'vitest'
import * as Y from 'yjs'
import { verify } from '../../../server/admin/verify.ts'
import { createJournal } from '../../../server/journal/journal.ts'
import { createLoadDocument } from '../../../server/journal/load-document.ts'
import { rootMap, rootNames } from '../../../shared/document/layout.ts'
import { isTombstone } from '../../../shared/records/message.ts'
import type { ErrorCode } from '../../../shared/errors.ts'
import type { Stage } from './play-history.ts'
import type { SimulatedDevice, SimulatedTab } from './simulated-tab.ts'
import { virtualTime } from './virtual-time.ts'
import { noteAcknowledged } from './write-something.ts'

const ROUND_MS = 2_000
const MAX_ROUNDS = 90
/** There is nothing left to try: its person gives it up. */
const HOPELESS: readonly ErrorCode[] = ['already_deleted', 'not_author']

export async function checkEnd(stage: Stage): Promise<void> {
  const tabs = stage.devices.flatMap((device) => device.tabs.map((tab) => ({ device, tab })))
  for (let round = 0; ; round += 1) {
    await virtualTime.pass(ROUND_MS)
    const unsettled = tabs.flatMap(({ device, tab }) => tab.process.run(() => settle(device, tab)))
    const screens = tabs.map(({ tab }) => screenOf(tab))
    const isEqual = screens.every((screen) => isDeepStrictEqual(screen, screens[0]))
    if (unsettled.length === 0 && isEqual) break
    if (round < MAX_ROUNDS) continue
    if (unsettled.length > 0)
      throw new Error(`All should be settled by now: ${unsettled.join('; ')}`)
    for (const screen of screens) expect(screen, 'All screens should be equal').toEqual(screens[0])
  }
  for (const { device, tab } of tabs) noteAcknowledged(stage.account, device, tab)
  checkAccount(stage, tabs[0]?.tab)
  for (const { tab } of tabs) await tab.close()
  await checkDocuments(stage)
}

/** Goes on as a person would who wants all delivered; tells what is not. */
function settle({ person }: SimulatedDevice, { engine, handle }: SimulatedTab): string[] {
  handle.loadOlder()
  const { messages, undelivered, older } = handle.snapshot()
  const refused = [
    ...messages.flatMap(({ delivery }) => (delivery.state === 'refused' ? [delivery] : [])),
    ...undelivered,
  ]
  for (const { outboxId, refusal } of refused) {
    if (HOPELESS.includes(refusal.code)) handle.discard(outboxId)
    else handle.retry(outboxId)
  }
  const { connection, pendingCount, refusedCount, missingCopies, needsSignIn } =
    engine.status.snapshot()
  const problems = [
    ...refused.map(({ refusal }) => `refused as ${refusal.code} ${refusal.key ?? ''}`),
    ...(older === 'none' ? [] : [`older messages: ${older}`]),
    ...(connection === 'online' ? [] : [connection]),
    ...(pendingCount === 0 ? [] : [`${pendingCount} pending`]),
    ...(refusedCount === 0 ? [] : [`${refusedCount} refused`]),
    ...(missingCopies === 0 ? [] : [`${missingCopies} copies missing`]),
    ...(needsSignIn ? ['not signed in'] : []),
  ]
  return problems.map((problem) => `${person.name}: ${problem}`)
}

const screenOf = ({ handle }: SimulatedTab): unknown[] =>
  handle.snapshot().messages.map(({ id, record, delivery, reactions, isPinned, replyCount }) => ({
    id,
    record,
    state: delivery.state,
    isPinned,
    replyCount,
    reactions: reactions
      .map(({ emoji, userIds }) => [emoji, ...userIds.toSorted()].join(' '))
      .toSorted(),
  }))

function checkAccount({ account }: Stage, tab: SimulatedTab | undefined): void {
  const shown = tab?.handle.snapshot().messages ?? []
  const times = new Map(shown.map(({ id, record }) => [id, record]))
  expect(times.size, 'Nothing should stand there twice').toBe(shown.length)
  const missing = [...account.written.keys()].filter((id) => {
    const record = times.get(id)
    if (record !== undefined) return isTombstone(record) && !account.removed.has(id)
    if (account.acknowledged.has(id)) return true
    // What was deleted before it was delivered, or was on no disk, need not be there.
    return !account.removed.has(id) && !account.perhapsLost.has(id)
  })
  expect(missing, 'Nothing that was written should be lost').toEqual([])
  const unknown = shown.filter(({ id }) => !account.written.has(id))
  expect(unknown, 'Nothing should stand there that nobody wrote').toEqual([])
}

async function checkDocuments(stage: Stage): Promise<void> {
  const { sqlite } = stage.server.database()
  const journal = createJournal({ sqlite, now: Date.now, randomClientId: () => 1 })
  const loadDocument = createLoadDocument(sqlite, journal)
  expect(verify(sqlite, loadDocument), 'Tables should equal documents').toEqual([])
  const rows = sqlite.prepare<[], { name: string }>('SELECT name FROM documents').all()
  const names = rows.map(({ name }) => name).filter((name) => name.startsWith('channel:'))
  for (const name of names) {
    const { update } = loadDocument(name)
    const stored = recordsOf(update === null ? [] : [update])
    for (const { person, device } of stage.devices) {
      const copy = await virtualTime.finish(
        device.openTab().run(() => readCopy(`connectnow-${person.userId}-${name}`)),
      )
      expect(recordsOf(copy), `The copy of ${name} should equal the server’s`).toEqual(stored)
    }
  }
}

async function readCopy(databaseName: string): Promise<Uint8Array[]> {
  const database = await openDB(databaseName)
  const updates: Uint8Array[] = database.objectStoreNames.contains('updates')
    ? await database.getAll('updates')
    : []
  database.close()
  return updates
}

function recordsOf(updates: readonly Uint8Array[]): unknown {
  const document = new Y.Doc()
  for (const update of updates) Y.applyUpdate(document, update)
  return Object.fromEntries(
    rootNames.map((root) => [root, Object.fromEntries(rootMap(document, root))]),
  )
}
