/**
 * Several devices of several people over a real engine with its own store, and what the tables
 * must hold by an independent count; for tests of random histories.
 */
import { copyFileSync } from 'node:fs'
import * as Y from 'yjs'
import { encodeEdits } from '../../shared/document/encode-edits.ts'
import { formatConversationName, type Conversation } from '../../shared/document/names.ts'
import type { RecordEdit } from '../../shared/document/record-edit.ts'
import { AppError } from '../../shared/errors.ts'
import type { Actor } from '../../shared/guard/actor.ts'
import { threadIdOf, type ChannelId, type MessageId, type UserId } from '../../shared/ids.ts'
import { formatReactionKey } from '../../shared/records/reaction.ts'
import { ada, ben, cleo, message, now } from '../../shared/testing/updates.ts'
import { migrate } from '../database/migrate.ts'
import { openDatabase, type Database, type SqliteConnection } from '../database/open-database.ts'
import { openEngine, type Engine } from '../journal/open-engine.ts'
import { createReadConversationAccess, requireReader } from '../queries/conversation-access.ts'
import { createRowLedger, lastMessageAt } from './expected-rows.ts'
import { doDeed, nextId, type Deed } from './random-deeds.ts'
import { migrationsFolder } from './temporary-database.ts'

const conversations: readonly Conversation[] = [
  { kind: 'channel', id: nextId<ChannelId>() },
  { kind: 'dm', id: threadIdOf([ada, ben, cleo]) },
]
/** Ada may delete what others wrote; Ben has two devices. */
const owners: readonly UserId[] = [ada, ben, ben, cleo]

/** Devices and conversations are named by their place in the lists. */
export type Step =
  | { step: 'write'; device: number; place: number; deeds: Deed[] }
  /** Several devices at the same moment; `isOneWay` leaves them without what others wrote. */
  | { step: 'push'; devices: number[]; place: number; isOneWay: boolean; isPosting: boolean }
  | { step: 'pull'; device: number; place: number }
  | { step: 'import'; place: number }
  | { step: 'snapshot'; place: number; isReloaded: boolean }
  /** Right after these devices have pushed: what came last is in the journal alone. */
  | { step: 'crash'; devices: number[]; place: number }
  | { step: 'restart' }

export const deviceCount = owners.length
export const conversationCount = conversations.length

/** How often it happened; a test proves nothing of what never happened. */
export interface Tally {
  /** Updates of devices that changed something. */
  accepted: number
  refusals: string[]
  /** Edits or deletions of the same version of a message, one accepted after the other. */
  contentions: number
  imported: number
  /** Updates that a crash left without their rows. */
  recovered: number
  /** Updates that were dropped from the journal for a snapshot. */
  trimmed: number
}

export interface History {
  take: (step: Step) => Promise<void>
  /** Lets every device send and fetch everything; answers the copies of each conversation. */
  meet: () => Promise<{ copies: Y.Doc[]; served: Y.Doc }[]>
  /** The rows of each table; `arrivedAt` overrules when the messages arrived. */
  expectedRows: (arrivedAt?: number) => Record<string, unknown[][]>
  close: () => Promise<void>
  readonly sqlite: SqliteConnection
  readonly engine: Engine
}

/** Makes a store with the people and the conversations, to be copied for each history. */
export async function createTemplate(path: string): Promise<void> {
  const { sqlite, close } = openDatabase(path)
  migrate(sqlite, migrationsFolder)
  const [channel, thread] = conversations
  sqlite
    .prepare('INSERT INTO channels (id, name, slug, created_at, updated_at) VALUES (?, ?, ?, ?, ?)')
    .run(channel?.id, 'general', 'general', now, now)
  sqlite
    .prepare('INSERT INTO direct_message_threads (id, created_at) VALUES (?, ?)')
    .run(thread?.id, now)
  for (const userId of new Set(owners)) {
    sqlite
      .prepare('INSERT INTO users (id, name, role, created_at, updated_at) VALUES (?, ?, ?, ?, ?)')
      .run(userId, userId, userId === ada ? 'OWNER' : 'MEMBER', now, now)
  }
  sqlite.exec(`
    INSERT INTO channel_members (channel_id, user_id, role, joined_at)
    SELECT channels.id, users.id, role, ${now} FROM users, channels;
    INSERT INTO direct_message_participants (thread_id, user_id, joined_at)
    SELECT direct_message_threads.id, users.id, ${now} FROM users, direct_message_threads`)
  await close()
}

/** Begins a history in a copy of the template. */
export function createHistory(template: string, path: string, seen: Tally): History {
  copyFileSync(template, path)
  let time = now
  let clients = 0
  let database: Database
  let engine: Engine
  let isCrashed = false
  let projectionFailure: { cause: unknown } | undefined
  let isImporting = false
  const live = new Map<string, Y.Doc>()
  const ledgers = conversations.map((conversation) =>
    createRowLedger(
      conversation,
      // Imported history arrived when it was written.
      ({ createdAt }) => (isImporting ? createdAt : time),
      () => time,
    ),
  )
  const devices = owners.map((userId) => ({ userId, documents: conversations.map(createDocument) }))

  function createDocument(): Y.Doc {
    const document = new Y.Doc()
    clients += 1
    // Neither in the order in which they begin, nor random: a history can be run again.
    document.clientID = Math.imul(clients, 2_654_435_761) >>> 0
    return document
  }
  const conversationAt = (at: number): Conversation => required(conversations[at])
  const nameAt = (at: number): string => formatConversationName(conversationAt(at))
  const liveAt = (at: number): Y.Doc => required(live.get(nameAt(at)))
  const actorOf = (userId: UserId, at: number): Extract<Actor, { kind: 'person' }> =>
    requireReader(createReadConversationAccess(database.sqlite), userId, conversationAt(at))

  function open(): void {
    database = openDatabase(path)
    // Nobody cuts the power here, and hundreds of histories wait for no disk.
    database.sqlite.pragma('synchronous = OFF')
    isCrashed = false
    engine = openEngine({
      sqlite: database.sqlite,
      now: () => time,
      onProjectionFailure(error) {
        if (!isCrashed) projectionFailure ??= { cause: error }
      },
    })
    conversations.forEach((_, at) => load(at))
  }

  function load(at: number): void {
    const document = new Y.Doc()
    const { update, seq } = engine.loadDocument(nameAt(at))
    if (update !== null) Y.applyUpdate(document, update)
    engine.documents.register(nameAt(at), document, seq)
    required(ledgers[at]).watch(document)
    live.set(nameAt(at), document)
  }

  async function close(): Promise<void> {
    seen.contentions += ledgers.reduce((sum, ledger) => sum + ledger.takeContentions(), 0)
    engine.close()
    await database.close()
    live.clear()
  }

  function pull(at: number, deviceAt: number): void {
    const document = required(devices[deviceAt]?.documents[at])
    Y.applyUpdate(document, Y.encodeStateAsUpdate(liveAt(at), Y.encodeStateVector(document)))
  }

  async function push(at: number, deviceAt: number): Promise<void> {
    const { userId, documents } = required(devices[deviceAt])
    const update = Y.encodeStateAsUpdate(required(documents[at]), Y.encodeStateVector(liveAt(at)))
    try {
      const { changes } = await engine.admission.admit({
        documentName: nameAt(at),
        update,
        actor: actorOf(userId, at),
        writer: 'person',
      })
      if (changes.length > 0) seen.accepted += 1
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      seen.refusals.push(error.code)
      documents[at] = createDocument()
      pull(at, deviceAt)
    }
  }

  /** As the server writes for a request or an import. */
  async function writeHere(at: number, actor: Actor, edits: RecordEdit[]): Promise<void> {
    const documentName = nameAt(at)
    const clientId = engine.journal.serverClientId(documentName)
    const update = encodeEdits({ document: liveAt(at), clientId, edits })
    await engine.admission.admit({ documentName, update, actor, writer: 'server' })
  }

  async function take(step: Step): Promise<void> {
    time += 1000
    if (projectionFailure) throw new Error('Rows could not be written', projectionFailure)
    switch (step.step) {
      case 'write': {
        const { userId, documents } = required(devices[step.device])
        const document = required(documents[step.place])
        const actor = actorOf(userId, step.place)
        for (const each of step.deeds) doDeed(each, document, actor, time)
        return
      }
      case 'push': {
        const value = message(cleo, { createdAt: time, content: 'posted' })
        const post: RecordEdit = { root: 'messages', key: nextId(), value }
        const posts = step.isPosting
          ? [writeHere(step.place, actorOf(cleo, step.place), [post])]
          : []
        await Promise.all([...posts, ...step.devices.map((each) => push(step.place, each))])
        if (!step.isOneWay) for (const each of step.devices) pull(step.place, each)
        return
      }
      case 'pull':
        return pull(step.place, step.device)
      case 'import': {
        const key = nextId<MessageId>()
        const reaction = formatReactionKey({ messageId: key, userId: ada, emoji: '👍' })
        const value = message(cleo, { createdAt: time - 86_400_000, content: 'imported' })
        isImporting = true
        await writeHere(step.place, { kind: 'server' }, [
          { root: 'messages', key, value },
          { root: 'reactions', key: reaction, value: time - 86_000_000 },
        ])
        isImporting = false
        seen.imported += 1
        return
      }
      case 'snapshot': {
        const before = count(database.sqlite, 'document_updates')
        engine.storeSnapshot(nameAt(step.place))
        seen.trimmed += before - count(database.sqlite, 'document_updates')
        if (!step.isReloaded) return
        liveAt(step.place).destroy()
        load(step.place)
        return
      }
      case 'crash':
        await Promise.all(step.devices.map((each) => push(step.place, each)))
        seen.recovered += count(
          database.sqlite,
          'documents JOIN document_updates ON document_name = name AND seq > projected_seq',
        )
        // What is on disk at this moment is all that a crash leaves.
        isCrashed = true
        database.sqlite.close()
        await close()
        open()
        return
      case 'restart':
        await close()
        open()
    }
  }

  function expectedRows(arrivedAt?: number): Record<string, unknown[][]> {
    const parts = ledgers.map((ledger, at) => ledger.rowsOf(liveAt(at), arrivedAt))
    return {
      messages: required(parts[0]).messages,
      direct_messages: required(parts[1]).messages,
      message_revisions: parts.flatMap(({ revisions }) => revisions),
      message_reactions: parts.flatMap(({ reactions }) => reactions),
      mentions: parts.flatMap(({ mentions }) => mentions),
      message_files: parts.flatMap(({ files }) => files),
      notifications: parts.flatMap(({ notifications }) => notifications),
      message_pins: parts.flatMap(({ pins }) => pins),
      last_messages: conversations.map(({ id }, at) => [id, lastMessageAt(liveAt(at))]),
    }
  }

  async function meet(): Promise<{ copies: Y.Doc[]; served: Y.Doc }[]> {
    for (const [at] of conversations.entries()) {
      for (const [each] of devices.entries()) await push(at, each)
      for (const [each] of devices.entries()) pull(at, each)
    }
    return conversations.map((_, at) => ({
      copies: devices.map(({ documents }) => required(documents[at])),
      served: liveAt(at),
    }))
  }

  open()
  return {
    ...{ take, meet, expectedRows, close },
    get sqlite() {
      return database.sqlite
    },
    get engine() {
      return engine
    },
  }
}

function count(sqlite: SqliteConnection, from: string): number {
  const row = sqlite.prepare<[], { found: number }>(`SELECT count(*) AS found FROM ${from}`).get()
  return row?.found ?? 0
}

function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('The history names something that is not there')
  return value
}
