/**
 * The messages of one Slack conversation -> messages of our own, in order. Pure but for the people
 * it meets, whom it adds to `people`; what it cannot understand becomes a fault, what it leaves out
 * on purpose is counted.
 */
import { MAX_CONTENT_LENGTH, type MessageRecord } from '../../../shared/records/message.ts'
import { formatReactionKey } from '../../../shared/records/reaction.ts'
import type { Fault } from '../fault.ts'
import type { ImportedMessage, ImportedPerson } from '../imported-records.ts'
import { MAX_PARTS } from '../derive-id.ts'
import { splitContent } from '../text/split-content.ts'
import { contentOf } from './message-content.ts'
import type { MrkdwnNames } from './mrkdwn-tokens.ts'
import type { People } from './people.ts'
import type { SlackEmoji } from './slack-emoji.ts'
import { messageIdOf, readSlackTime } from './slack-ids.ts'
import { slackMessageSchema, type SlackMessage } from './slack-records.ts'
import { meaningOf } from './subtypes.ts'

/** A message and the file it was read from. */
export interface FoundMessage {
  file: string
  message: SlackMessage
}

export interface History {
  messages: ImportedMessage[]
  faults: Fault[]
  /** What was left out on purpose, or changed in form: reason -> how often. */
  notes: Map<string, number>
}

export interface HistoryContext {
  workspace: string
  slackId: string
  people: People
  names: MrkdwnNames
  emoji: SlackEmoji
  /** Nothing may be written later than this, ms UTC. */
  latestMs: number
}

/** A message with the states it went through, as far as the export tells. */
interface Lineage {
  file: string
  states: [SlackMessage, ...SlackMessage[]]
  deletedAt: number | undefined
}

export function mapHistory(found: readonly FoundMessage[], context: HistoryContext): History {
  const history: History = { messages: [], faults: [], notes: new Map() }
  const lineages = collectLineages(found, history)
  const inOrder = [...lineages.values()].toSorted((a, b) =>
    compareTimestamps(a.states[0].ts, b.states[0].ts),
  )
  const mapped = inOrder.map((lineage) => ({
    lineage,
    parts: mapLineage(lineage, { history, context }),
  }))
  const present = new Set(mapped.flatMap(({ parts }) => parts.slice(0, 1).map(({ id }) => id)))
  for (const { lineage, parts } of mapped) {
    const [{ ts, thread_ts: threadTs }] = lineage.states
    const parentId =
      threadTs === undefined || threadTs === ts ? undefined : messageIdOf(context, threadTs)
    if (parentId === undefined) {
      history.messages.push(...parts)
    } else if (present.has(parentId)) {
      history.messages.push(...parts.map((part) => withParent(part, parentId)))
    } else if (parts.length > 0) {
      note(history, 'replies whose first message is missing, kept as messages of their own')
      history.messages.push(...parts)
    }
  }
  return history
}

function collectLineages(found: readonly FoundMessage[], history: History): Map<string, Lineage> {
  const lineages = new Map<string, Lineage>()
  const later: FoundMessage[] = []
  for (const one of found) {
    const { file, message } = one
    const meaning = meaningOf(message.subtype)
    if (meaning === 'edit' || meaning === 'deletion') later.push(one)
    else if (meaning === 'pointer') note(history, 'pointers to replies, which are imported as such')
    else if (lineages.has(message.ts)) note(history, 'repetitions of a message')
    else lineages.set(message.ts, { file, states: [message], deletedAt: undefined })
  }
  later.sort((a, b) => compareTimestamps(a.message.ts, b.message.ts))
  for (const { file, message } of later) {
    if (meaningOf(message.subtype) === 'deletion') {
      const lineage = lineages.get(message.deleted_ts ?? '')
      if (lineage === undefined) note(history, 'deletions of messages that are not in the export')
      else lineage.deletedAt = readSlackTime(message.ts).ms
      continue
    }
    const changed = slackMessageSchema.safeParse(message.message)
    if (!changed.success) {
      history.faults.push({ file, problem: `the edit at ${message.ts} holds no message` })
      continue
    }
    const state = { ...changed.data, edited: changed.data.edited ?? { ts: message.ts } }
    const lineage = lineages.get(state.ts)
    if (lineage === undefined) {
      lineages.set(state.ts, { file, states: [state], deletedAt: undefined })
    } else if (lineage.states.at(-1)?.text !== state.text) {
      lineage.states.push(state)
    }
  }
  return lineages
}

interface MapTools {
  history: History
  context: HistoryContext
}

/** One message, or several when it is too long for one; none when there is nothing to import. */
function mapLineage(lineage: Lineage, { history, context }: MapTools): ImportedMessage[] {
  const { file, states, deletedAt } = lineage
  const [first] = states
  const createdAt = readSlackTime(first.ts).ms
  const author = context.people.authorOf(first)
  if (author === undefined) {
    history.faults.push({ file, problem: `the message at ${first.ts} names no author` })
    return []
  }
  const editTimes = states.map((state) => (state.edited ? readSlackTime(state.edited.ts).ms : 0))
  if (Math.max(createdAt, deletedAt ?? 0, ...editTimes) > context.latestMs) {
    history.faults.push({ file, problem: `the message at ${first.ts} lies in the future` })
    return []
  }
  const type = meaningOf(first.subtype) === 'system' ? 'SYSTEM' : 'TEXT'
  const base = { authorId: author.id, type, createdAt } as const
  if (meaningOf(first.subtype) === 'deleted' || deletedAt !== undefined) {
    const record = tombstone(base, author, Math.max(createdAt, deletedAt ?? 0))
    note(history, 'messages deleted in Slack, kept as deleted')
    return [{ id: messageIdOf(context, first.ts), versions: [record], reactions: new Map() }]
  }
  const contents = states.map((state) =>
    splitContent(contentOf(state, context.names), MAX_CONTENT_LENGTH),
  )
  const last = contents.at(-1) ?? []
  if (last.every((part) => part.trim() === '')) {
    note(history, 'messages without any content')
    return []
  }
  if (last.length > MAX_PARTS) {
    history.faults.push({ file, problem: `the message at ${first.ts} is too long` })
    return []
  }
  const reactions = mapReactions(states.at(-1) ?? first, { history, context })
  const isWhole = contents.every((parts) => parts.length === 1 && parts[0]?.trim() !== '')
  if (isWhole) {
    const [oldest, ...newer] = contents.map(([content = ''], index): MessageRecord => {
      const editedAt = editTimes[index] ?? 0
      const version = index + (first.edited ? 2 : 1)
      return {
        ...base,
        content,
        version,
        ...(editedAt > 0 && { editedAt: Math.max(editedAt, createdAt) }),
      }
    })
    if (oldest === undefined) return []
    return [{ id: messageIdOf(context, first.ts), versions: [oldest, ...newer], reactions }]
  }
  note(history, 'messages too long for one, split into several')
  const editedAt = Math.max(0, ...editTimes)
  return last.map((content, part) => ({
    id: messageIdOf(context, first.ts, part),
    versions: [
      {
        ...base,
        content,
        version: editedAt > 0 ? 2 : 1,
        ...(editedAt > 0 && { editedAt: Math.max(editedAt, createdAt) }),
      },
    ],
    reactions: part === 0 ? reactions : new Map<string, number>(),
  }))
}

function tombstone(
  base: { authorId: ImportedPerson['id']; type: 'TEXT' | 'SYSTEM'; createdAt: number },
  author: ImportedPerson,
  deletedAt: number,
): MessageRecord {
  return { ...base, content: '', version: 2, deletedAt, deletedBy: author.id }
}

/** Slack does not say when a reaction was given: it stands at its message's time. */
function mapReactions(message: SlackMessage, { history, context }: MapTools): Map<string, number> {
  const { ms } = readSlackTime(message.ts)
  const messageId = messageIdOf(context, message.ts)
  const reactions = new Map<string, number>()
  for (const { name, users, count } of message.reactions ?? []) {
    const emoji = context.emoji.ofReaction(name)
    for (const user of users) {
      const userId = context.people.ofUser(user).id
      reactions.set(formatReactionKey({ messageId, userId, emoji }), ms)
    }
    const missing = typeof count === 'number' ? count - users.length : 0
    if (missing > 0) note(history, 'reactions whose giver Slack did not name', missing)
  }
  return reactions
}

function withParent(message: ImportedMessage, parentId: ImportedMessage['id']): ImportedMessage {
  const [oldest, ...newer] = message.versions
  return {
    ...message,
    versions: [{ ...oldest, parentId }, ...newer.map((version) => ({ ...version, parentId }))],
  }
}

function compareTimestamps(a: string, b: string): number {
  const one = readSlackTime(a)
  const other = readSlackTime(b)
  return one.ms - other.ms || one.micros - other.micros
}

function note({ notes }: History, reason: string, count = 1): void {
  notes.set(reason, (notes.get(reason) ?? 0) + count)
}
