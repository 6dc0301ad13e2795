/**
 * Fills an empty workspace with the invented sample: people and channels by one transaction,
 * history through the same guard, journal and projection as everything else.
 */
import * as Y from 'yjs'
import { AppError } from '../../shared/errors.ts'
import type { IdSource, UserId } from '../../shared/ids.ts'
import type { Auditor } from '../commands/audit.ts'
import type { ConversationWriter } from '../commands/conversation-writer.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { writeAuditEntry } from '../database/write-audit-entry.ts'
import { planEdits } from '../import/plan-edits.ts'
import { writeDirectory } from '../import/write-directory.ts'
import { buildSample } from './build-sample.ts'

export interface SampleDeps {
  sqlite: SqliteConnection
  writer: ConversationWriter
  ids: IdSource
}

export interface SampleResult {
  people: number
  channels: number
  messages: number
}

export interface SampleRequest {
  readers: readonly UserId[]
  /** Who asked for it, for the audit log; the server itself when left out. */
  by?: Auditor
}

/** Throws `conflict` when the workspace has a channel already. */
export async function createSample(
  { sqlite, writer, ids }: SampleDeps,
  { readers, by }: SampleRequest,
): Promise<SampleResult> {
  const sample = buildSample(ids, readers)
  sqlite.transaction(() => {
    // Checked in the transaction that makes the channels, so two askers do not both succeed.
    if (sqlite.prepare('SELECT 1 FROM channels LIMIT 1').get() !== undefined) {
      throw new AppError('conflict', { details: { reason: 'the workspace has channels already' } })
    }
    writeDirectory(sqlite, sample, ids.now())
    writeAuditEntry(sqlite, {
      ...{ action: 'workspace.sample_created', entityType: 'workspace', entityId: null },
      ...{ actorId: by?.userId ?? null, origin: by?.origin, at: ids.now() },
    })
  })()
  for (const { conversation, messages } of sample.histories) {
    for (const batch of planEdits(new Y.Doc(), messages).batches) {
      await writer.write(conversation, { kind: 'server' }, batch)
    }
  }
  return {
    people: sample.people.length,
    channels: sample.channels.length,
    messages: sample.histories.reduce((sum, { messages }) => sum + messages.length, 0),
  }
}
