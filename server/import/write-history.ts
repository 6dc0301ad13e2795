/**
 * Writes imported messages into a conversation's segments through the same guard, journal and
 * projection as every other change, part by part, in a process that holds the data directory.
 */
import { formatConversationName, type Conversation } from '../../shared/document/names.ts'
import { AppError } from '../../shared/errors.ts'
import type { Engine } from '../journal/open-engine.ts'
import type { SegmentLimits, SegmentRoller } from '../journal/roll-segments.ts'
import type { DocumentWriter } from '../journal/write-conversation.ts'
import type { ReadMessagePlace } from '../projection/message-places.ts'
import type { AddMembers } from './add-members.ts'
import type { ImportTarget } from './import-target.ts'
import type { ImportedMessage } from './imported-records.ts'
import type { Pace } from './pace.ts'
import { mayAddTo, planEdits } from './plan-edits.ts'

export interface HistoryResult {
  newMessages: number
  newReactions: number
}

export interface HistoryWriterDeps {
  engine: Pick<Engine, 'segments' | 'documents'>
  readPlace: ReadMessagePlace
  writeAsServer: DocumentWriter['writeAsServer']
  /** Keeps the document in memory while `use` runs. */
  withDocument: <Result>(name: string, use: () => Promise<Result>) => Promise<Result>
  roller: Pick<SegmentRoller, 'roll'>
  addMembers: AddMembers
  pace: Pace
  limits: Pick<SegmentLimits, 'maxMessages'>
}

interface Part {
  conversation: Conversation
  name: string
  messages: readonly ImportedMessage[]
}

/** How often a part is planned anew when somebody changed the same records meanwhile. */
const MAX_ATTEMPTS = 3

export function createHistoryWriter(deps: HistoryWriterDeps): ImportTarget['writeHistory'] {
  const { engine, readPlace, writeAsServer, withDocument, roller, pace, limits } = deps
  const { segments, documents } = engine

  function requireLive(name: string) {
    const live = documents.get(name)
    if (live === undefined) throw new AppError('try_again')
    return live
  }

  async function writePart(part: Part, signal: AbortSignal): Promise<HistoryResult> {
    const { conversation, name, messages } = part
    deps.addMembers(conversation, messages)
    const first = planEdits(requireLive(name).document, messages)
    let batches = first.batches
    for (let attempt = 1; ; attempt += 1) {
      try {
        for (const batch of batches) {
          signal.throwIfAborted()
          await writeAsServer(name, batch)
        }
        return { newMessages: first.newMessages, newReactions: first.newReactions }
      } catch (error) {
        const isRefused = error instanceof AppError && error.code !== 'storage_full'
        if (!isRefused || attempt === MAX_ATTEMPTS) throw error
        batches = planEdits(requireLive(name).document, messages).batches
      }
    }
  }

  /** Writes to one document, held in memory around all parts. */
  async function fill(whole: Part, signal: AbortSignal): Promise<HistoryResult> {
    const total = { newMessages: 0, newReactions: 0 }
    await withDocument(whole.name, async () => {
      for (let at = 0; at < whole.messages.length;) {
        const messages = whole.messages.slice(at, at + pace.partSize())
        addTo(
          total,
          await pace.run(() => writePart({ ...whole, messages }, signal), messages.length),
        )
        at += messages.length
      }
    })
    return total
  }

  /** How many more messages the newest segment takes; a full one is followed by the next first. */
  async function makeRoom(conversation: Conversation): Promise<number> {
    for (;;) {
      const segment = segments.newest(conversation)
      const name = formatConversationName(conversation, segment)
      const count = await withDocument(name, () => Promise.resolve(requireLive(name).messageCount))
      if (count < limits.maxMessages) return limits.maxMessages - count
      await roller.roll(conversation, segment)
    }
  }

  return async (conversation, messages, { signal }) => {
    const total = { newMessages: 0, newReactions: 0 }
    const bySegment = Map.groupBy(messages, ({ id }) => readPlace(conversation, id))
    let missing = bySegment.get(undefined) ?? []
    bySegment.delete(undefined)
    for (const [segment, standing] of bySegment) {
      const known = standing.filter(mayAddTo)
      // Most of what is imported again needs no document to be loaded.
      if (known.length === 0) continue
      const name = formatConversationName(conversation, segment)
      addTo(total, await fill({ conversation, name, messages: known }, signal))
    }
    while (missing.length > 0) {
      const room = await makeRoom(conversation)
      const name = formatConversationName(conversation, segments.newest(conversation))
      addTo(total, await fill({ conversation, name, messages: missing.slice(0, room) }, signal))
      missing = missing.slice(room)
    }
    return total
  }
}

function addTo(total: HistoryResult, more: HistoryResult): void {
  total.newMessages += more.newMessages
  total.newReactions += more.newReactions
}
