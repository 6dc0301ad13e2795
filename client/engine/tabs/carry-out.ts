/**
 * Carries out in the leading tab what was written in others. A command may come twice, from a tab
 * that saw no answer and from what a dead one left: the second time finds it done.
 */
import type { ConversationSnapshot } from '../engine-interface.ts'
import type { LocalHandle } from '../open-conversation.ts'
import type { LocalEngine } from '../open-engine.ts'
import type { MessageId } from '../../../shared/ids.ts'
import { callHandle } from './call-handle.ts'
import type { WriteCall, WriteCommand } from './tab-messages.ts'

export interface CommandRunner {
  /** Resolves when the command's effect is on disk, or on the server, or when there is none. */
  carryOut: (command: WriteCommand) => Promise<void>
}

export function createCommandRunner(engine: LocalEngine): CommandRunner {
  const known = new Map<string, Promise<void>>()
  /** The last command on each message: the next one there waits for it. */
  const lastOf = new Map<string, Promise<void>>()

  async function run({ conversation, call }: WriteCommand, before: Promise<void>): Promise<void> {
    await before.catch(() => undefined) // whoever asked for that one hears of it
    const handle = engine.openConversation(conversation)
    try {
      await bringTarget(engine, handle, call)
      callHandle(handle, call)
    } finally {
      handle.close()
    }
    await untilKept(engine)
  }

  return {
    carryOut(command) {
      const existing = known.get(command.id)
      if (existing !== undefined) return existing
      const target = targetOf(command.call)
      const running = run(command, lastOf.get(target) ?? Promise.resolve())
      known.set(command.id, running)
      lastOf.set(target, running)
      const forget = (): unknown => lastOf.get(target) === running && lastOf.delete(target)
      running.then(forget, () => {
        // It may be asked for again.
        known.delete(command.id)
        forget()
      })
      return running
    },
  }
}

/** The id of the message or of the outbox entry that it is about. */
function targetOf(call: WriteCall): string {
  return call[0] === 'send' ? call[1].shownAs.messageId : call[1]
}

/** Takes what it is about into memory, wherever it stands; gives up what is nowhere. */
async function bringTarget(
  engine: LocalEngine,
  handle: LocalHandle,
  call: WriteCall,
): Promise<void> {
  // A new message waits for nothing: the engine finds by its id whether it is there already.
  if (call[0] === 'send') return
  await until(handle, ({ phase }) => phase !== 'loading')
  // What waits or was refused is in memory with every handle.
  if (call[0] === 'retry' || call[0] === 'discard') {
    await until(handle, (snapshot) => hasEntry(snapshot, call[1]) || isInStep(engine), engine)
    return
  }
  const [, messageId] = call
  while ((await handle.bring(messageId)) === 'not-here') {
    if (isInStep(engine)) return goBackTo(handle, messageId)
    await until(handle, () => isInStep(engine), engine)
  }
}

/** The server's documents are at hand, but it does not say which of them: it takes longer. */
function goBackTo(handle: LocalHandle, messageId: MessageId): Promise<void> {
  return until(handle, ({ messages, older }) => {
    const isFound = messages.some(({ id }) => id === messageId)
    if (!isFound && older === 'more') handle.loadOlder()
    return isFound || older === 'none'
  })
}

const isInStep = ({ status }: LocalEngine): boolean => status.snapshot().connection === 'online'

function hasEntry({ messages, undelivered }: ConversationSnapshot, outboxId: string): boolean {
  return (
    undelivered.some((each) => each.outboxId === outboxId) ||
    messages.some(({ delivery }) => delivery.state === 'refused' && delivery.outboxId === outboxId)
  )
}

/** Waits for a snapshot; looks again, too, when the engine's status has changed. */
function until(
  handle: LocalHandle,
  condition: (snapshot: ConversationSnapshot) => boolean,
  engine?: LocalEngine,
): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!condition(handle.snapshot())) return
      for (const unsubscribe of subscriptions) unsubscribe()
      resolve()
    }
    const subscriptions = [handle, engine?.status].map((each) => each?.subscribe(look) ?? nothing)
    look()
  })
}

const nothing = (): void => undefined

/** A browser that keeps nothing on disk has the server to keep it. */
async function untilKept(engine: LocalEngine): Promise<void> {
  await engine.stored()
  await new Promise<void>((resolve) => {
    const look = (): void => {
      const { storage, pendingCount } = engine.status.snapshot()
      if (storage !== 'disk' && pendingCount > 0) return
      unsubscribe()
      resolve()
    }
    const unsubscribe = engine.status.subscribe(look)
    look()
  })
}
