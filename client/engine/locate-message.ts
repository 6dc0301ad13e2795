/**
 * Finds the segment that holds a message: the server knows it; without the server the copies on
 * this device are looked into, beginning where the time in the message's id points to. Shows and
 * moves nothing.
 */
import { timeOfId, type MessageId } from '../../shared/ids.ts'
import type { ConversationDocument } from './document-interface.ts'
import type { MessagePlace } from './engine-interface.ts'
import type { SegmentCopy } from './known-segments.ts'

export type Located =
  | { state: 'found'; place: MessagePlace }
  /** The server knows no such message here, or does not show it to this person. */
  | { state: 'not-found' }
  /** The server cannot be asked, and no copy on this device has it. */
  | { state: 'not-here' }

export interface LocateMessageDeps {
  /** Asks the server; undefined when it says no. Rejects when it cannot be asked. */
  ask: (messageId: MessageId) => Promise<MessagePlace | undefined>
  copies: () => readonly SegmentCopy[]
  acquire: (segment: number) => ConversationDocument
  release: (segment: number) => void
}

export async function locateMessage(
  deps: LocateMessageDeps,
  messageId: MessageId,
): Promise<Located> {
  let place: MessagePlace | undefined
  try {
    place = await deps.ask(messageId)
  } catch {
    return lookIntoCopies(deps, messageId) // whatever it was: the server told nothing
  }
  return place === undefined ? { state: 'not-found' } : { state: 'found', place }
}

async function lookIntoCopies(deps: LocateMessageDeps, messageId: MessageId): Promise<Located> {
  for (const { segment } of byLikelihood(deps.copies(), timeOfId(messageId))) {
    const view = await peek(deps, segment, (document) => document.find(messageId))
    if (view === undefined) continue
    const { parentId } = view.record
    const replySegments = parentId === undefined ? await repliesFrom(deps, segment, messageId) : []
    return { state: 'found', place: { segment, parentId, replySegments } }
  }
  return { state: 'not-here' }
}

/** A message is answered in its own segment or in later ones. */
async function repliesFrom(
  deps: LocateMessageDeps,
  start: number,
  messageId: MessageId,
): Promise<number[]> {
  const found: number[] = []
  for (const { segment } of deps.copies()) {
    if (segment < start) continue
    const hasReplies = await peek(deps, segment, (document) =>
      document.state.snapshot().messages.some(({ record }) => record.parentId === messageId),
    )
    if (hasReplies) found.push(segment)
  }
  return found
}

/** The first segment that goes on beyond this time, then its neighbours, near ones first. */
function byLikelihood(copies: readonly SegmentCopy[], time: number): SegmentCopy[] {
  const index = copies.findIndex(({ newestAt }) => newestAt >= time)
  const likely = copies.at(index)?.segment ?? 0
  const distance = ({ segment }: SegmentCopy): number => Math.abs(segment - likely)
  return copies.toSorted((one, other) => distance(one) - distance(other))
}

/** Reads from a copy once it is in memory, and lets go of it. */
async function peek<Found>(
  { acquire, release }: LocateMessageDeps,
  segment: number,
  read: (document: ConversationDocument) => Found,
): Promise<Found> {
  const document = acquire(segment)
  try {
    await loaded(document)
    return read(document)
  } finally {
    release(segment)
  }
}

async function loaded({ state }: ConversationDocument): Promise<void> {
  if (state.snapshot().phase !== 'loading') return
  await new Promise<void>((resolve) => {
    const unsubscribe = state.subscribe(() => {
      if (state.snapshot().phase === 'loading') return
      unsubscribe()
      resolve()
    })
  })
}
