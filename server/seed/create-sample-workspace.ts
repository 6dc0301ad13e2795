/** The sample workspace as a command of the running server; open browsers see it at once. */
import { randomBytes } from 'node:crypto'
import { requireRight, type CommandContext, type Commander } from '../commands/command-context.ts'
import { createSample, type SampleResult } from './create-sample.ts'

/** Throws `forbidden` for all but the owner, `conflict` when there is a channel already. */
export async function createSampleWorkspace(
  context: CommandContext,
  commander: Commander,
): Promise<SampleResult> {
  const { database, now, notifier, writer } = context
  requireRight(commander, 'fillWorkspace')
  const ids = { now, randomBytes: () => randomBytes(16) }
  try {
    const deps = { sqlite: database.sqlite, writer, ids }
    return await createSample(deps, { readers: [commander.userId], by: commander })
  } finally {
    // Even if history could be written in part only, there are people and channels to show.
    for (const topic of ['people', 'channels', 'dms'] as const) {
      notifier.publish('everyone', { topic })
    }
  }
}
