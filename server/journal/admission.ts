/**
 * The one door for every write: guard, journal, then memory. A batch is judged and committed in
 * one synchronous go, so nothing interleaves: an update is applied (and thereby broadcast and
 * acknowledged) only after its transaction is on disk (P1), and one that the guard refuses or the
 * disk cannot take leaves no byte anywhere (P2).
 */
import * as Y from 'yjs'
import { AppError } from '../../shared/errors.ts'
import type { RecordChange } from '../../shared/document/record-edit.ts'
import type { Actor } from '../../shared/guard/actor.ts'
import {
  guardUpdate,
  type ClientClock,
  type GuardDecision,
} from '../../shared/guard/guard-update.ts'
import { defaultGuardLimits, type GuardLimits } from '../../shared/guard/limits.ts'
import { isStorageFull, type SqliteConnection } from '../database/open-database.ts'
import type { ProjectionQueue } from '../projection/projection-queue.ts'
import { createBatchClaims, type BatchClaims } from './batch-claims.ts'
import type { ForeignMessages } from './foreign-messages.ts'
import { createGroupCommit, type BatchOutcome } from './group-commit.ts'
import { SERVER_OWNER, type Journal, type JournalEntry } from './journal.ts'
import type { LiveDocument, LiveDocuments } from './live-documents.ts'
import { createTableReaders } from './table-readers.ts'

export interface AdmissionRequest {
  documentName: string
  update: Uint8Array
  actor: Actor
  /** `server` when the update was written under the server's clientID. */
  writer: 'person' | 'server'
  /** Yjs's transaction origin when the update is applied. */
  origin?: unknown
  limits?: GuardLimits
  /** Whether what the update was made from still stands; if not, the answer is `try_again`. */
  stillHolds?: (document: Y.Doc) => boolean
}

export interface Admitted {
  /** The clientIDs that advanced, all of it on disk. */
  clients: readonly ClientClock[]
  changes: readonly RecordChange[]
}

export interface Admission {
  /** Resolves once the update is on disk and applied; throws AppError with the refusal's code. */
  admit: (request: AdmissionRequest) => Promise<Admitted>
  /**
   * Resolves once everything admitted so far for a document is in the tables too; throws
   * AppError when that has to wait for the disk or for a repair. On disk it is in any case.
   */
  projected: (documentName: string) => Promise<void>
  /** Commits and projects all that is waiting, now. */
  settle: () => void
  /** Commits what is waiting; nothing may be admitted afterwards. */
  close: () => void
}

export interface AdmissionDeps {
  sqlite: SqliteConnection
  journal: Journal
  documents: LiveDocuments
  projection: ProjectionQueue
  foreignMessages: ForeignMessages
  /** A document has grown: everything in it is on disk. */
  onApplied: (documentName: string, live: LiveDocument) => void
  /** A batch of so many updates is on disk; writing it took so long. */
  onCommitted?: (updates: number, seconds: number) => void
  /** The disk did not take a batch, or an observer of a document failed. */
  onFailure: (error: unknown) => void
  now: () => number
}

interface Waiting extends AdmissionRequest {
  resolve: (admitted: Admitted) => void
  reject: (error: Error) => void
}

type Allowed = Extract<GuardDecision, { allowed: true }>

interface Accepted {
  request: Waiting
  live: LiveDocument
  decision: Allowed
  receivedAt: number
}

export function createAdmission(deps: AdmissionDeps): Admission {
  const { sqlite, journal, documents, projection, foreignMessages, now } = deps
  let queue: Waiting[] = []
  const readers = createTableReaders(projection)
  const commits = createGroupCommit({ runBatch, retry: projection.retry })

  function runBatch(): BatchOutcome {
    const waiting = queue
    queue = []
    const { accepted, deferred } = judge(waiting)
    if (accepted.length > 0 || projection.hasWork()) commit(accepted)
    queue.unshift(...deferred)
    readers.answer()
    if (queue.length > 0 || projection.isReady()) return 'again'
    return projection.hasFailed() ? 'later' : 'idle'
  }

  function judge(waiting: readonly Waiting[]): { accepted: Accepted[]; deferred: Waiting[] } {
    const claims = createBatchClaims()
    const accepted: Accepted[] = []
    const deferred: Waiting[] = []
    for (const request of waiting) {
      const { documentName } = request
      const live = documents.get(documentName)
      if (live === undefined) {
        request.reject(new AppError('try_again'))
        continue
      }
      const receivedAt = now()
      const decision = decide(request, live, receivedAt)
      if (decision === undefined) continue
      // What is accepted before it is not applied yet: a "no" may rest on that.
      const mustWait = decision.allowed
        ? claims.conflictsWith(documentName, decision) || isClaimed(claims, documentName, decision)
        : claims.has(documentName)
      if (mustWait) deferred.push(request)
      else if (!decision.allowed) {
        const { refusal } = decision
        request.reject(new AppError(refusal.code, { details: { ...refusal } }))
      } else if (decision.isEmpty) request.resolve({ clients: [], changes: [] })
      else {
        claims.add(documentName, decision)
        const shared = foreignMessages.claimOf(documentName, decision.changes)
        if (shared) claims.add(shared.conversation, { touched: shared.touched, clients: [] })
        accepted.push({ request, live, decision, receivedAt })
      }
    }
    return { accepted, deferred }
  }

  /** Whether another segment gets a message with the same id in this batch. */
  function isClaimed(claims: BatchClaims, documentName: string, { changes }: Allowed): boolean {
    const shared = foreignMessages.claimOf(documentName, changes)
    if (shared === undefined) return false
    return claims.conflictsWith(shared.conversation, { touched: shared.touched, clients: [] })
  }

  /** Undefined when judging failed: a fault of this request, which its neighbours must survive. */
  function decide(
    request: Waiting,
    live: LiveDocument,
    receivedAt: number,
  ): GuardDecision | undefined {
    try {
      const isStale = request.stillHolds?.(live.document) === false
      if (isStale) return { allowed: false, refusal: { code: 'try_again' } }
      return guardUpdate({
        update: request.update,
        document: live.document,
        actor: request.actor,
        clientOwner: (clientId) => journal.clientOwner(request.documentName, clientId),
        clientCount: () => journal.clientCount(request.documentName, writerIdOf(request)),
        writerId: writerIdOf(request),
        now: receivedAt,
        limits: request.limits ?? defaultGuardLimits,
        isElsewhere: (messageId) => foreignMessages.has(request.documentName, messageId),
      })
    } catch (error) {
      request.reject(error instanceof Error ? error : new Error('No Error', { cause: error }))
      return undefined
    }
  }

  const writeBatch = sqlite.transaction((accepted: readonly Accepted[]): number[] => {
    projection.run()
    return accepted.map((each) => journal.append(entryOf(each)))
  })
  const writeOne = sqlite.transaction((each: Accepted) => journal.append(entryOf(each)))
  const writeProjection = sqlite.transaction(projection.run)

  function commit(accepted: readonly Accepted[]): void {
    const startedAt = performance.now()
    let seqs: number[]
    try {
      seqs = writeBatch(accepted)
    } catch (error) {
      deps.onFailure(error)
      // One write that the disk or a constraint refuses must not take its neighbours with it:
      // each is tried alone, and answers for itself.
      commitProjection()
      accepted.forEach(commitAlone)
      return
    }
    deps.onCommitted?.(accepted.length, (performance.now() - startedAt) / 1_000)
    projection.committed()
    accepted.forEach((each, index) => apply(each, seqs[index]))
  }

  function commitProjection(): void {
    try {
      writeProjection()
      projection.committed()
    } catch (error) {
      projection.rolledBack(error)
    }
  }

  function commitAlone(each: Accepted): void {
    let seq: number
    try {
      seq = writeOne(each)
    } catch (cause) {
      const code = isStorageFull(cause) ? 'storage_full' : 'try_again'
      each.request.reject(new AppError(code, { cause, details: { code } }))
      return
    }
    apply(each, seq)
  }

  function apply({ request, live, decision, receivedAt }: Accepted, seq: number | undefined): void {
    if (seq === undefined) throw new Error('An accepted update has no seq')
    const { documentName } = request
    live.appliedSeq = seq
    live.messageCount += countCreated(decision.changes)
    projection.add({
      documentName,
      seq,
      changes: decision.changes,
      isServerMade: request.actor.kind === 'server',
      receivedAt,
      origin: request.actor.kind === 'person' ? request.actor.origin : undefined,
    })
    try {
      Y.applyUpdate(live.document, decision.update, request.origin)
    } catch (error) {
      deps.onFailure(error)
      // An observer's fault: the update is on disk, and in memory unless it went very wrong.
      if (!hasAll(live.document, decision.clients)) {
        documents.discard(documentName)
        request.reject(new AppError('try_again', { cause: error }))
        return
      }
    }
    request.resolve({ clients: decision.clients, changes: decision.changes })
    deps.onApplied(documentName, live)
  }

  return {
    admit: (request) =>
      new Promise((resolve, reject) => {
        queue.push({ ...request, resolve, reject })
        commits.schedule()
      }),
    projected(documentName) {
      const answered = readers.wait(documentName)
      commits.schedule()
      return answered
    },
    settle: commits.settle,
    close: commits.close,
  }
}

function entryOf({ request, decision, receivedAt }: Accepted): JournalEntry {
  return {
    documentName: request.documentName,
    userId: request.actor.kind === 'person' ? request.actor.userId : null,
    writerId: writerIdOf(request),
    update: decision.update,
    clients: decision.clients,
    receivedAt,
  }
}

function writerIdOf({ actor, writer }: AdmissionRequest): string {
  return writer === 'person' && actor.kind === 'person' ? actor.userId : SERVER_OWNER
}

function countCreated(changes: readonly RecordChange[]): number {
  return changes.filter(({ root, before }) => root === 'messages' && before === undefined).length
}

function hasAll(document: Y.Doc, clients: readonly ClientClock[]): boolean {
  return clients.every(({ clientId, clock }) => Y.getState(document.store, clientId) >= clock)
}
