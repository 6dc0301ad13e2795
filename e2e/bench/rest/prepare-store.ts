/** A data directory with a large store of its own, made anew or copied from one that was kept. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openReadOnly } from '../../../server/database/open-database.ts'
import type { ReportProgress } from '../bench-result.ts'
import { runScript } from '../run-script.ts'
import { fillAnswerSchema } from './fill-answer.ts'

const DATABASE = 'connectnow.db'

/** Answers the folder, which is the caller's to remove. */
export async function prepareStore(
  messages: number,
  kept: string | undefined,
  report: ReportProgress,
): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'connectnow-bench-'))
  if (kept === undefined) {
    await fill(dataDir, messages, report)
    return dataDir
  }
  const folder = resolve(kept)
  mkdirSync(folder, { recursive: true })
  if (!existsSync(join(folder, DATABASE))) await fill(folder, messages, report)
  requireMessages(join(folder, DATABASE), messages)
  // What a run posts stays in its copy: the next one finds the same store.
  report(`copying the store of ${folder}`)
  copyFileSync(join(folder, DATABASE), join(dataDir, DATABASE))
  return dataDir
}

async function fill(folder: string, messages: number, report: ReportProgress): Promise<void> {
  report(`writing and indexing ${messages} messages`)
  await runScript({
    script: 'rest/fill-store.ts',
    task: { messages },
    answer: fillAnswerSchema,
    settings: { DATA_DIR: folder },
    nodeArguments: ['--max-old-space-size=8192'],
  })
}

function requireMessages(path: string, wanted: number): void {
  const sqlite = openReadOnly(path)
  const count = sqlite.prepare<[], number>('SELECT count(*) FROM messages').pluck().get()
  sqlite.close()
  if (count !== wanted) throw new Error(`${path} has ${count} messages, not ${wanted}`)
}
