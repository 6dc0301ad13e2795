/**
 * The journal: every accepted update, in order. These are its statements; whoever calls `append`
 * does so within a transaction and applies the update only after the commit.
 */
import type { UserId } from '../../shared/ids.ts'
import type { ClientClock } from '../../shared/guard/guard-update.ts'
import type { SqliteConnection } from '../database/open-database.ts'

/** Who owns the clientIDs under which the server itself writes. */
export const SERVER_OWNER = 'server'

export interface JournalEntry {
  documentName: string
  /** Null when the server itself writes. */
  userId: UserId | null
  /** Whom new clientIDs are bound to: the person, or the server for writes it makes for them. */
  writerId: string
  update: Uint8Array
  clients: readonly ClientClock[]
  receivedAt: number
}

export interface StoredUpdate {
  seq: number
  documentName: string
  userId: UserId | null
  update: Uint8Array
  receivedAt: number
}

export interface Journal {
  /** Adds an accepted update and answers its seq. */
  append: (entry: JournalEntry) => number
  /** Whom a clientID of a document was bound to when it was first seen. */
  clientOwner: (documentName: string, clientId: number) => string | undefined
  /** How many clientIDs of a document are bound to this owner. */
  clientCount: (documentName: string, ownerId: string) => number
  /** The clientID for the server's own writes; the same for ever, so that documents stay small. */
  serverClientId: (documentName: string) => number
  /** Others under which it wrote what came at once. */
  moreServerClientIds: (documentName: string) => number[]
  /** A clientID that nobody has in this document; bound to its owner with what is written under it. */
  drawClientId: (documentName: string) => number
  updatesAfter: (documentName: string, seq: number) => StoredUpdate[]
  /** The newest seq of a document, trimmed entries included; 0 when it has none. */
  lastSeq: (documentName: string) => number
  /** When this process was last given a person's update, ms UTC; -Infinity before the first. */
  latestByPersonAt: () => number
}

export interface JournalDeps {
  sqlite: SqliteConnection
  now: () => number
  /** A random integer from 0 to 2^32 - 1. */
  randomClientId: () => number
}

export function createJournal({ sqlite, now, randomClientId }: JournalDeps): Journal {
  const insertDocument = sqlite.prepare(
    `INSERT INTO documents (name, server_client_id, created_at) VALUES (?, ?, ?)
     ON CONFLICT (name) DO NOTHING`,
  )
  const insertUpdate = sqlite.prepare(
    `INSERT INTO document_updates (document_name, user_id, update_bytes, received_at)
     VALUES (?, ?, ?, ?)`,
  )
  const insertClient = sqlite.prepare(
    'INSERT INTO document_clients (document_name, client_id, owner_id) VALUES (?, ?, ?)',
  )
  const selectOwner = sqlite.prepare<[string, number], { ownerId: string }>(
    `SELECT owner_id AS ownerId FROM document_clients WHERE document_name = ? AND client_id = ?`,
  )
  const countClients = sqlite.prepare<[string, string], { count: number }>(
    `SELECT count(*) AS count FROM document_clients WHERE document_name = ? AND owner_id = ?`,
  )
  const selectServerClient = sqlite.prepare<[string], { clientId: number }>(
    'SELECT server_client_id AS clientId FROM documents WHERE name = ?',
  )
  const selectServerClients = sqlite.prepare<[string, string], { clientId: number }>(
    `SELECT client_id AS clientId FROM document_clients WHERE document_name = ? AND owner_id = ?`,
  )
  const selectUpdates = sqlite.prepare<[string, number], StoredUpdate>(
    `SELECT seq, document_name AS documentName, user_id AS userId, update_bytes AS "update",
       received_at AS receivedAt
     FROM document_updates WHERE document_name = ? AND seq > ? ORDER BY seq`,
  )
  const selectLastSeq = sqlite.prepare<[string], { seq: number }>(
    `SELECT max(snapshot_seq, coalesce(
       (SELECT max(seq) FROM document_updates WHERE document_name = name), 0)) AS seq
     FROM documents WHERE name = ?`,
  )

  let latestByPersonAt = -Infinity

  function ensureDocument(name: string, clients: readonly ClientClock[] = []): void {
    let clientId = randomClientId()
    // The first writer of a document may already use what the dice give to the server.
    while (clients.some((client) => client.clientId === clientId)) clientId = randomClientId()
    insertDocument.run(name, clientId, now())
  }

  function clientOwner(documentName: string, clientId: number): string | undefined {
    const owner = selectOwner.get(documentName, clientId)?.ownerId
    if (owner !== undefined) return owner
    // The server's own clientID is taken from the beginning, written with or not.
    return selectServerClient.get(documentName)?.clientId === clientId ? SERVER_OWNER : undefined
  }

  return {
    append({ documentName, userId, writerId, update, clients, receivedAt }) {
      if (userId !== null) latestByPersonAt = receivedAt
      ensureDocument(documentName, clients)
      const { lastInsertRowid } = insertUpdate.run(documentName, userId, update, receivedAt)
      for (const { clientId, isNew } of clients) {
        if (isNew) insertClient.run(documentName, clientId, writerId)
      }
      return Number(lastInsertRowid)
    },
    clientOwner,
    moreServerClientIds: (documentName) =>
      selectServerClients.all(documentName, SERVER_OWNER).map(({ clientId }) => clientId),
    drawClientId(documentName) {
      let clientId = randomClientId()
      while (clientOwner(documentName, clientId) !== undefined) clientId = randomClientId()
      return clientId
    },
    clientCount: (documentName, ownerId) => countClients.get(documentName, ownerId)?.count ?? 0,
    serverClientId(documentName) {
      const known = selectServerClient.get(documentName)
      if (known !== undefined) return known.clientId
      // On disk before its first use: drawn anew after a crash, it could meet its own past.
      ensureDocument(documentName)
      const row = selectServerClient.get(documentName)
      if (row === undefined) throw new Error(`Document ${documentName} was not created`)
      return row.clientId
    },
    updatesAfter: (documentName, seq) => selectUpdates.all(documentName, seq),
    lastSeq: (documentName) => selectLastSeq.get(documentName)?.seq ?? 0,
    latestByPersonAt: () => latestByPersonAt,
  }
}
