/** Makes a data directory that is full of history, before a server runs over it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { runScript } from '../run-script.ts'

export const fillTaskSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sample'), messages: z.number() }),
  z.object({ kind: z.literal('invented'), lengths: z.array(z.number()) }),
])
/** The history of a workspace, or channels of these lengths. */
export type FillTask = z.infer<typeof fillTaskSchema>

const answerSchema = z.object({ expected: z.number(), written: z.number() })

/** Answers the directory, which the caller removes; `settings` are variables of the environment. */
export async function fillDataDirectory(
  task: FillTask,
  settings: Readonly<Record<string, string>> = {},
): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'connectnow-bench-'))
  try {
    const { expected, written } = await runScript({
      script: 'history/fill-history.ts',
      task,
      answer: answerSchema,
      settings: { DATA_DIR: dataDir, ...settings },
    })
    if (written !== expected) throw new Error(`${written} of ${expected} messages were written`)
    return dataDir
  } catch (error) {
    rmSync(dataDir, { recursive: true })
    throw error
  }
}
