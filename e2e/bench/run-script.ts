/** Runs a script of a benchmark as a process of its own, and reads the JSON that it prints. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { z } from 'zod'

export interface ScriptOptions<Answer> {
  /** From the folder of the benchmarks. */
  script: string
  task: unknown
  answer: z.ZodType<Answer>
  nodeArguments?: readonly string[]
  settings?: Readonly<Record<string, string>>
}

/** A script gets its task as JSON in its first argument. */
export async function runScript<Answer>(options: ScriptOptions<Answer>): Promise<Answer> {
  const { script, task, answer, nodeArguments = [], settings = {} } = options
  const path = join(import.meta.dirname, script)
  const { PATH = '', HOME = '' } = process.env
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...nodeArguments, path, JSON.stringify(task)],
    { env: { PATH, HOME, ...settings } },
  )
  return answer.parse(JSON.parse(stdout))
}
