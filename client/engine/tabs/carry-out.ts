/**
 * Carries out in the leading tab what was written in others. A command may come twice, from a tab
 * that saw no answer and from what a dead one left: the second time finds it done.
 */
import type { ConversationHandle } from '../engine-interface.ts'
import type { LocalEngine } from '../open-engine.ts'
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
      // A new message waits for nothing: the engine finds by its id whether it is there already.
      if (call[0] !== 'send') await untilFound(engine, handle, call)
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

/** Waits until the copy is read, and goes back as far as it takes; gives up what is nowhere. */
function untilFound(
  engine: LocalEngine,
  handle: ConversationHandle,
  call: WriteCall,
): Promise<void> {
  const target = targetOf(call)
  return new Promise((resolve) => {
    const look = (): void => {
      const { phase, messages, undelivered, older } = handle.snapshot()
      const isFound =
        messages.some(
          ({ id, delivery }) =>
            id === target || (delivery.state === 'refused' && delivery.outboxId === target),
        ) || undelivered.some(({ outboxId }) => outboxId === target)
      // Only a browser that is in step with the server knows that something is nowhere.
      const isInStep = phase === 'denied' || engine.status.snapshot().connection === 'online'
      if ((isFound && phase !== 'loading') || (older === 'none' && isInStep)) {
        for (const unsubscribe of subscriptions) unsubscribe()
        resolve()
      } else if (older === 'more') handle.loadOlder()
    }
    const subscriptions = [handle.subscribe(look), engine.status.subscribe(look)]
    look()
  })
}

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
