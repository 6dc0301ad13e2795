/**
 * Lines of a history in JSON lines -> messages of our own, one after the other. Remembers people,
 * channels and the beginnings of threads, but no message. Never throws; what it cannot understand
 * is a fault, what it leaves out on purpose is counted.
 */
import type { MessageId, UserId } from '../../../shared/ids.ts'
import { emojiSchema } from '../../../shared/records/emoji.ts'
import { MAX_CONTENT_LENGTH, type MessageRecord } from '../../../shared/records/message.ts'
import { formatReactionKey } from '../../../shared/records/reaction.ts'
import { slugOf } from '../channel-slug.ts'
import { MAX_PARTS } from '../derive-id.ts'
import type { ImportedChannel, ImportedMessage, ImportedPerson } from '../imported-records.ts'
import type { SlackEmoji } from '../slack/slack-emoji.ts'
import { toCleanName, toCleanText } from '../text/clean-text.ts'
import { splitContent } from '../text/split-content.ts'
import { channelIdOf, createMessageIds, personIdOf, type MessagePlace } from './jsonl-ids.ts'
import type { JsonlMessage, JsonlTime } from './jsonl-records.ts'

/** Which messages begin threads: names that `threadName` made. */
export type ThreadNames = Set<string>

export interface MessageMapper {
  people: Map<string, ImportedPerson>
  channels: Map<string, MappedChannel>
  /** What was left out on purpose, or changed in form: reason -> how often. */
  notes: Map<string, number>
  map: (message: JsonlMessage) => MappedMessage
}

export type MappedMessage =
  | { isMapped: true; channel: MappedChannel; parts: ImportedMessage[] }
  | { isMapped: false; problem: string }

/** A channel, and how far its messages have come. */
export interface MappedChannel {
  workspace: string
  channel: ImportedChannel
  idOf: (place: MessagePlace) => MessageId
  last: MessagePlace
  authorIds: Set<UserId>
}

export interface MessageMapperDeps {
  /** Nothing may be written later than this, ms UTC. */
  latestMs: number
  emoji: Pick<SlackEmoji, 'ofReaction'>
  /** The threads of the whole file; undefined while they are being collected into `found`. */
  threads: { all: ThreadNames } | { found: ThreadNames }
}

const MAX_ORDINAL = 65_535
const nobodyElse = {
  displayName: null,
  email: null,
  bio: null,
  isDeactivated: false,
  isGuest: false,
}

export function createMessageMapper({
  latestMs,
  emoji,
  threads,
}: MessageMapperDeps): MessageMapper {
  const people = new Map<string, ImportedPerson>()
  const channels = new Map<string, MappedChannel>()
  const notes = new Map<string, number>()
  /** The first message of each thread, once it was met. */
  const roots = new Map<string, MessageId>()

  const note = (reason: string): void => void notes.set(reason, (notes.get(reason) ?? 0) + 1)

  function personOf(workspace: string, user: string): ImportedPerson {
    const key = JSON.stringify([workspace, user])
    const known = people.get(key)
    if (known !== undefined) return known
    const person = { id: personIdOf(workspace, user), name: toCleanName(user), ...nobodyElse }
    people.set(key, person)
    return person
  }

  function channelOf({ workspace, channel: name, ts }: JsonlMessage): MappedChannel {
    const key = JSON.stringify([workspace, name])
    const known = channels.get(key)
    if (known !== undefined) return known
    const made: MappedChannel = {
      workspace: toCleanName(workspace),
      channel: {
        id: channelIdOf(workspace, name),
        name: toCleanName(name),
        slug: slugOf(name) ?? 'channel',
        description: null,
        type: 'PUBLIC',
        createdBy: undefined,
        createdAt: ts.ms,
        isArchived: false,
        memberIds: [],
      },
      idOf: createMessageIds(workspace, name),
      last: { ms: 0, micros: 0, ordinal: -1 },
      authorIds: new Set(),
    }
    channels.set(key, made)
    return made
  }

  /** The message that this one answers; undefined for those that stand by themselves. */
  function parentOf(message: JsonlMessage, channelId: string): MessageId | undefined {
    const { ts, thread_ts: threadTs } = message
    if (threadTs === undefined || threadTs === null || compareTimes(threadTs, ts) === 0) return
    const thread = threadName(channelId, threadTs)
    if ('found' in threads) {
      threads.found.add(thread)
      return undefined
    }
    const root = roots.get(thread)
    if (root === undefined) {
      note('replies whose first message is missing, kept as messages of their own')
    }
    return root
  }

  function partsOf(message: JsonlMessage, mapped: MappedChannel): ImportedMessage[] | string {
    const { workspace, user, ts } = message
    const contents = splitContent(toCleanText(message.text), MAX_CONTENT_LENGTH)
    if (contents.length > MAX_PARTS) return 'is too long'
    const author = personOf(workspace, user)
    const parentId = parentOf(message, mapped.channel.id)
    if (contents.every((part) => part.trim() === '')) {
      note('messages without any content')
      return []
    }
    if (contents.length > 1) note('messages too long for one, split into several')
    const id = mapped.idOf(mapped.last)
    if ('all' in threads && mapped.last.ordinal === 0) {
      const thread = threadName(mapped.channel.id, ts)
      if (threads.all.has(thread)) roots.set(thread, parentId ?? id)
    }
    const isJoining = !mapped.authorIds.has(author.id)
    mapped.authorIds.add(author.id)
    return contents.map((content, part): ImportedMessage => {
      const record: MessageRecord = {
        ...{ authorId: author.id, type: 'TEXT', createdAt: ts.ms, content, version: 1 },
        ...(parentId !== undefined && { parentId }),
      }
      return {
        id: part === 0 ? id : mapped.idOf({ ...mapped.last, part }),
        versions: [record],
        reactions: part === 0 ? reactionsOf(message, id) : new Map<string, number>(),
        ...(isJoining && part === 0 && { isJoining }),
      }
    })
  }

  /** The source does not say when a reaction was given: it stands at its message's time. */
  function reactionsOf(message: JsonlMessage, messageId: MessageId): Map<string, number> {
    const reactions = new Map<string, number>()
    for (const { name, users } of message.reactions ?? []) {
      const isEmoji = emojiSchema.safeParse(name).success
      const given = isEmoji ? name : emoji.ofReaction(name)
      for (const user of users) {
        const userId = personOf(message.workspace, user).id
        reactions.set(formatReactionKey({ messageId, userId, emoji: given }), message.ts.ms)
      }
    }
    return reactions
  }

  return {
    people,
    channels,
    notes,
    map(message) {
      const { ts } = message
      if (ts.ms > latestMs) return { isMapped: false, problem: 'lies in the future' }
      const mapped = channelOf(message)
      const order = compareTimes(ts, mapped.last)
      if (order < 0) {
        return { isMapped: false, problem: 'is older than the line of its channel before it' }
      }
      const ordinal = order === 0 ? mapped.last.ordinal + 1 : 0
      if (ordinal > MAX_ORDINAL)
        return { isMapped: false, problem: 'has a time that too many have' }
      mapped.last = { ...ts, ordinal }
      const parts = partsOf(message, mapped)
      if (typeof parts === 'string') return { isMapped: false, problem: parts }
      return { isMapped: true, channel: mapped, parts }
    },
  }
}

function threadName(channelId: string, { ms, micros }: JsonlTime): string {
  return `${channelId}/${ms}.${micros}`
}

function compareTimes(a: JsonlTime, b: JsonlTime): number {
  return a.ms - b.ms || a.micros - b.micros
}
