/** What all commands for administrators have in common: options, exit codes, how they answer. */
import { parseArgs } from 'node:util'
import type { CommandContext } from '../cli-command.ts'

export const EXIT = { done: 0, differences: 1, usage: 2, refused: 3, directoryInUse: 5 }

export interface AdminOptions {
  positionals: string[]
  dataDir: string | undefined
  isJson: boolean
  isForced: boolean
  isHelp: boolean
  /** Who is meant, once more; for what cannot be undone. */
  confirm: string | undefined
}

/** Throws what parseArgs throws for an option that is unknown. */
export function parseAdminOptions(args: readonly string[]): AdminOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      'data-dir': { type: 'string' },
      json: { type: 'boolean', default: false },
      force: { type: 'boolean', default: false },
      confirm: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    positionals,
    dataDir: values['data-dir'],
    isJson: values.json,
    isForced: values.force,
    isHelp: values.help,
    confirm: values.confirm,
  }
}

/** Answers as JSON when that was asked for, else for people. */
export function answer(
  { output }: Pick<CommandContext, 'output'>,
  { isJson }: Pick<AdminOptions, 'isJson'>,
  { value, text }: { value: unknown; text: string },
): void {
  output.print(isJson ? JSON.stringify(value, undefined, 2) : text)
}
