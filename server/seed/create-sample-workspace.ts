/** The sample workspace as a command of the running server; open browsers see it at once. */
import { randomBytes } from 'node:crypto'
import { AppError } from '../../shared/errors.ts'
import type { CommandContext, Commander } from '../commands/command-context.ts'
import { createSample, type SampleResult } from './create-sample.ts'

/** Throws `forbidden` for all but the owner, `conflict` when there is a channel already. */
export async function createSampleWorkspace(
  { database, now, notifier, writer }: CommandContext,
  { userId, role }: Commander,
): Promise<SampleResult> {
  if (role !== 'OWNER') throw new AppError('forbidden')
  const ids = { now, randomBytes: () => randomBytes(16) }
  try {
    return await createSample({ sqlite: database.sqlite, writer, ids }, [userId])
  } finally {
    // Even if history could be written in part only, there are people and channels to show.
    for (const topic of ['people', 'channels', 'dms'] as const) {
      notifier.publish('everyone', { topic })
    }
  }
}
