/** What every command of the command line gets, and what it answers. */

export interface CommandOutput {
  /** The result: standard output. */
  print: (text: string) => void
  /** What went wrong, and what to do: standard error. */
  complain: (text: string) => void
  progress: { stream: NodeJS.WriteStream; isInteractive: boolean }
}

export interface CommandContext {
  environment: Readonly<Record<string, string | undefined>>
  output: CommandOutput
  now: () => number
  /** Aborted when somebody presses Ctrl-C or stops the process. */
  signal: AbortSignal
}

/** Runs a command; answers the process's exit code. */
export type CommandRun = (args: readonly string[], context: CommandContext) => Promise<number>
