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
import { createBatchClaims } from './batch-claims.ts'
import { createGroupCommit } from './group-commit.ts'
import { SERVER_OWNER, type Journal } from './journal.ts'
import type { LiveDocument, LiveDocuments } from './live-documents.ts'

export interface AdmissionRequest {
  documentName: string
  update: Uint8Array
  actor: Actor
  /** `server` when the update was written under the server's clientID. */
  writer: 'person' | 'server'
  /** Yjs's transaction origin when the update is applied. */
  origin?: unknown
  limits?: GuardLimits
}

export interface Admitted {
  /** The clientIDs that advanced, all of it on disk. */
  clients: readonly ClientClock[]
  changes: readonly RecordChange[]
}

export interface Admission {
  /** Resolves once the update is on disk and applied; throws AppError with the refusal's code. */
  admit: (request: AdmissionRequest) => Promise<Admitted>
  /** Resolves once everything admitted so far is in the tables too. */
  projected: () => Promise<void>
  /** Commits and projects all that is waiting, now. */
  settle: () => void
}

export interface AdmissionDeps {
  sqlite: SqliteConnection
  journal: Journal
  documents: LiveDocuments
  projection: ProjectionQueue
  now: () => number
}

interface Waiting extends AdmissionRequest {
  resolve: (admitted: Admitted) => void
  reject: (error: Error) => void
}

interface Accepted {
  request: Waiting
  live: LiveDocument
  decision: Extract<GuardDecision, { allowed: true }>
  receivedAt: number
}

export function createAdmission(deps: AdmissionDeps): Admission {
  const { sqlite, journal, documents, projection, now } = deps
  let queue: Waiting[] = []
  let onProjected: (() => void)[] = []
  const commits = createGroupCommit(runBatch)

  function runBatch(): boolean {
    const waiting = queue
    queue = []
    const { accepted, deferred } = judge(waiting)
    if (accepted.length > 0 || projection.hasWork()) commit(accepted)
    queue.unshift(...deferred)
    if (!projection.hasWork()) {
      const done = onProjected
      onProjected = []
      for (const resolve of done) resolve()
    }
    return queue.length > 0 || projection.isReady()
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
      // What is accepted before it is not applied yet: a "no" may rest on that.
      const mustWait = decision.allowed
        ? claims.conflictsWith(documentName, decision)
        : claims.has(documentName)
      if (mustWait) deferred.push(request)
      else if (!decision.allowed) {
        const { refusal } = decision
        request.reject(new AppError(refusal.code, { details: { ...refusal } }))
      } else if (decision.isEmpty) request.resolve({ clients: [], changes: [] })
      else {
        claims.add(documentName, decision)
        accepted.push({ request, live, decision, receivedAt })
      }
    }
    return { accepted, deferred }
  }

  function decide(request: Waiting, live: LiveDocument, receivedAt: number): GuardDecision {
    return guardUpdate({
      update: request.update,
      document: live.document,
      actor: request.actor,
      clientOwner: (clientId) => journal.clientOwner(request.documentName, clientId),
      writerId: writerIdOf(request),
      now: receivedAt,
      limits: request.limits ?? defaultGuardLimits,
    })
  }

  const writeAll = sqlite.transaction((accepted: readonly Accepted[]): number[] => {
    projection.run()
    return accepted.map(({ request, decision, receivedAt }) =>
      journal.append({
        documentName: request.documentName,
        userId: request.actor.kind === 'person' ? request.actor.userId : null,
        writerId: writerIdOf(request),
        update: decision.update,
        clients: decision.clients,
        receivedAt,
      }),
    )
  })

  function commit(accepted: readonly Accepted[]): void {
    try {
      const seqs = writeAll(accepted)
      projection.committed()
      accepted.forEach((each, index) => apply(each, seqs[index]))
    } catch (error) {
      projection.rolledBack(error)
      // One update that the disk or a constraint refuses must not take its neighbours with it.
      for (const each of accepted) commitAlone(each)
    }
  }

  function commitAlone(each: Accepted): void {
    try {
      const [seq] = sqlite.transaction(() => [
        journal.append({
          documentName: each.request.documentName,
          userId: each.request.actor.kind === 'person' ? each.request.actor.userId : null,
          writerId: writerIdOf(each.request),
          update: each.decision.update,
          clients: each.decision.clients,
          receivedAt: each.receivedAt,
        }),
      ])()
      apply(each, seq)
    } catch (cause) {
      const code = isStorageFull(cause) ? 'storage_full' : 'try_again'
      each.request.reject(new AppError(code, { cause, details: { code } }))
    }
  }

  function apply({ request, live, decision, receivedAt }: Accepted, seq: number | undefined): void {
    if (seq === undefined) throw new Error('An accepted update has no seq')
    live.appliedSeq = seq
    projection.add({
      documentName: request.documentName,
      seq,
      changes: decision.changes,
      isServerMade: request.actor.kind === 'server',
      receivedAt,
    })
    Y.applyUpdate(live.document, decision.update, request.origin)
    request.resolve({ clients: decision.clients, changes: decision.changes })
  }

  return {
    admit: (request) =>
      new Promise((resolve, reject) => {
        queue.push({ ...request, resolve, reject })
        commits.schedule()
      }),
    projected: () =>
      new Promise((resolve) => {
        onProjected.push(resolve)
        commits.schedule()
      }),
    settle: commits.settle,
  }
}

function writerIdOf({ actor, writer }: AdmissionRequest): string {
  return writer === 'person' && actor.kind === 'person' ? actor.userId : SERVER_OWNER
}
