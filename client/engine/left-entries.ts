/**
 * Entries of the outbox that another engine over the same disk has written. They are its own to
 * deliver while it lives; when nobody says any more that they are in good hands, that engine is
 * gone, and has left them for this one. Touches no disk itself.
 */
import { z } from 'zod'

/** What engines over one outbox say to each other; what an older version says besides is no object. */
const messageSchema = z.object({
  /** `kept`: they are on the disk. `asked`: does anybody deliver them? `held`: yes. */
  type: z.enum(['kept', 'asked', 'held']),
  ids: z.array(z.string()),
})
type Message = z.infer<typeof messageSchema>

export interface LeftEntries {
  /** Another engine said something. */
  hear: (data: unknown) => void
  /** Tells the others that these are on the disk now. */
  tellKept: (ids: readonly string[]) => void
  /** The entry is delivered or given up. */
  forget: (id: string) => void
  close: () => void
}

export interface LeftEntriesDeps {
  say: (message: Message) => void
  isHeldHere: (id: string) => boolean
  onLeft: (ids: readonly string[]) => void
}

/** Longer than a message usually takes, so that most are delivered before anybody asks. */
const ROUND_MS = 5_000
/** In its first round an entry is asked for; who holds it has until the second to say so. */
const PATIENCE_ROUNDS = 2

export function createLeftEntries(deps: LeftEntriesDeps): LeftEntries {
  /** Held by other engines, and for how many rounds nobody has said so. */
  const elsewhere = new Map<string, number>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let isClosed = false

  function say(type: Message['type'], ids: readonly string[]): void {
    if (ids.length > 0 && !isClosed) deps.say({ type, ids: [...ids] })
  }

  function goRound(): void {
    timer = undefined
    for (const [id, rounds] of elsewhere) elsewhere.set(id, rounds + 1)
    const left = [...elsewhere].flatMap(([id, rounds]) => (rounds < PATIENCE_ROUNDS ? [] : [id]))
    for (const id of left) elsewhere.delete(id)
    say('asked', [...elsewhere.keys()])
    if (left.length > 0) deps.onLeft(left)
    wait()
  }

  function wait(): void {
    if (elsewhere.size > 0 && !isClosed) timer ??= setTimeout(goRound, ROUND_MS)
  }

  return {
    hear(data) {
      const message = messageSchema.safeParse(data).data
      if (message === undefined) return
      const here = message.ids.filter(deps.isHeldHere)
      if (message.type === 'asked') {
        say('held', here)
        return
      }
      for (const id of message.ids) if (!here.includes(id)) elsewhere.set(id, 0)
      wait()
    },
    tellKept: (ids) => say('kept', ids),
    forget: (id) => void elsewhere.delete(id),
    close() {
      isClosed = true
      clearTimeout(timer)
    },
  }
}
