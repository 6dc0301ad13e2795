/** Runs commands of the command line in this process, over a data directory; for tests. */
import type { CommandContext, CommandRun } from '../cli-command.ts'

export interface CommandResult {
  code: number
  /** What was printed as the result. */
  out: string
  complaint: string
}

export async function runCommand(
  run: CommandRun,
  args: readonly string[],
  dataDir: string,
  options: Partial<Pick<CommandContext, 'now' | 'signal'>> = {},
): Promise<CommandResult> {
  const out: string[] = []
  const complaints: string[] = []
  const code = await run(args, {
    environment: { DATA_DIR: dataDir },
    output: {
      print: (text) => void out.push(text),
      complain: (text) => void complaints.push(text),
      progress: { stream: process.stderr, isInteractive: false },
    },
    now: Date.now,
    signal: new AbortController().signal,
    ...options,
  })
  return { code, out: out.join('\n'), complaint: complaints.join('\n') }
}
