/**
 * Writes on their way from one tab to the one that leads: in localStorage, which takes them at
 * once and outlives both tabs, until they are known to be in the outbox on disk.
 */
import { randomId } from '../random-id.ts'
import type { Conversation } from '../../../shared/document/names.ts'
import type { TabPlatform } from './tab-platform.ts'
import { writeCommandSchema, type WriteCall, type WriteCommand } from './tab-messages.ts'

export interface Handover {
  /** Keeps a write of this tab. */
  keep: (conversation: Conversation, call: WriteCall) => WriteCommand
  /** It is in the outbox. */
  drop: (commandId: string) => void
  /** What this tab has kept, oldest first. */
  own: () => readonly WriteCommand[]
  /** What all tabs have kept, oldest first; those that are gone included. */
  all: () => readonly WriteCommand[]
  erase: () => void
}

export interface HandoverDeps {
  /** Begins like the databases of this person. */
  prefix: string
  storage: TabPlatform['storage']
  now: () => number
  onStorageFailure: (error: unknown) => void
}

export function createHandover(deps: HandoverDeps): Handover {
  const { storage } = deps
  const prefix = `${deps.prefix}handover-`
  let kept: readonly WriteCommand[] = []
  let lastOrder = 0

  function attempt<Result>(act: () => Result): Result | undefined {
    try {
      return act()
    } catch (error) {
      // It goes on in memory; the leading tab may have it on disk in a moment.
      deps.onStorageFailure(error)
      return undefined
    }
  }

  function storedKeys(): string[] {
    const keys = Array.from({ length: storage.length }, (_each, index) => storage.key(index))
    return keys.filter((key) => key !== null).filter((key) => key.startsWith(prefix))
  }

  return {
    keep(conversation, call) {
      lastOrder = Math.max(lastOrder + 1, deps.now())
      const command = { id: randomId(), order: lastOrder, conversation, call }
      kept = [...kept, command]
      attempt(() => storage.setItem(`${prefix}${command.id}`, JSON.stringify(command)))
      return command
    },
    drop(commandId) {
      kept = kept.filter(({ id }) => id !== commandId)
      attempt(() => storage.removeItem(`${prefix}${commandId}`))
    },
    own: () => kept,
    all() {
      const stored = attempt(storedKeys) ?? []
      const commands = new Map(kept.map((command) => [command.id, command]))
      for (const key of stored) {
        const command = parseCommand(attempt(() => storage.getItem(key)))
        if (command !== undefined) commands.set(command.id, command)
      }
      return [...commands.values()].toSorted((one, other) => one.order - other.order)
    },
    erase() {
      kept = []
      attempt(() => storedKeys().forEach((key) => storage.removeItem(key)))
    },
  }
}

function parseCommand(stored: string | null | undefined): WriteCommand | undefined {
  if (stored === null || stored === undefined) return undefined
  try {
    return writeCommandSchema.safeParse(JSON.parse(stored)).data
  } catch {
    return undefined // not ours to understand: it stays for the version that does
  }
}
