/**
 * What the screen shows of a conversation: the document's records with this person's waiting and
 * refused writes laid over them. Follows changes one by one; sorting everything anew at each
 * change would cost more with every message.
 */
import type * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'
import { messageIdSchema, type UserId } from '../../shared/ids.ts'
import {
  isTombstone,
  messageRecordSchema,
  type MessageRecord,
} from '../../shared/records/message.ts'
import { parseReactionKey } from '../../shared/records/reaction.ts'
import type {
  Delivery,
  MessageView,
  PageMessage,
  ReactionView,
  UndeliveredView,
} from './engine-interface.ts'
import { messageOf, type OutboxEntry } from './outbox-entry.ts'

export interface MessageViews {
  /** Shows another document in place of the one before; undefined for none. */
  attach: (document: Y.Doc) => void
  /** The outbox of this conversation has changed. */
  setEntries: (entries: readonly OutboxEntry[]) => void
  /** Shows these where the document has nothing yet; none once it is there. */
  setStandIns: (rows: readonly PageMessage[]) => void
  hasStandIns: () => boolean
  messages: () => readonly MessageView[]
  find: (messageId: string) => MessageView | undefined
  undelivered: () => readonly UndeliveredView[]
  /** The newest `createdAt`; 0 when there are no messages. */
  newest: () => number
  detach: () => void
}

const SENT: Delivery = { state: 'sent' }

export function createMessageViews(userId: UserId, onChange: () => void): MessageViews {
  let document: Y.Doc | undefined
  let entries: readonly OutboxEntry[] = []
  let entriesByMessage = new Map<string, OutboxEntry[]>()
  /** By message and emoji: who reacted when, ms UTC. */
  const reactions = new Map<string, Map<string, Map<UserId, number>>>()
  const replies = new Map<string, number>()
  let standIns = new Map<string, PageMessage>()
  const views = new Map<string, MessageView>()
  let order: MessageView[] = []
  let published: readonly MessageView[] | undefined
  const changed = new Set<string>()

  function touch(id: string): void {
    changed.add(id)
    published = undefined
  }

  const onMessages = ({ keysChanged }: Y.YMapEvent<unknown>): void => {
    for (const key of keysChanged) if (key !== null) touch(key)
    onChange()
  }
  const onReactions = ({ keysChanged }: Y.YMapEvent<unknown>): void => {
    for (const key of keysChanged) if (key !== null) followReaction(key)
    onChange()
  }
  const onPins = ({ keysChanged }: Y.YMapEvent<unknown>): void => {
    for (const key of keysChanged) if (key !== null) touch(key)
    onChange()
  }

  function followReaction(key: string): void {
    const parsed = parseReactionKey(key)
    if (parsed === undefined || document === undefined) return
    const ofMessage = reactions.get(parsed.messageId) ?? new Map<string, Map<UserId, number>>()
    const users = ofMessage.get(parsed.emoji) ?? new Map<UserId, number>()
    const createdAt = rootMap(document, 'reactions').get(key)
    if (typeof createdAt === 'number') users.set(parsed.userId, createdAt)
    else users.delete(parsed.userId)
    if (users.size > 0) ofMessage.set(parsed.emoji, users)
    else ofMessage.delete(parsed.emoji)
    reactions.set(parsed.messageId, ofMessage)
    touch(parsed.messageId)
  }

  /** The record to show: a waiting write of this person's own, else what the document has. */
  function recordOf(id: string): MessageRecord | undefined {
    const own = entriesByMessage.get(id)?.filter(({ root }) => root === 'messages') ?? []
    const waiting = own.findLast(({ refusal }) => refusal === undefined)
    if (waiting !== undefined) return messageOf(waiting)
    const standing = document && rootMap(document, 'messages').get(id)
    const refused = own.find(({ kind }) => kind === 'message')
    if (refused !== undefined) return messageOf(refused)
    return messageRecordSchema.safeParse(standing).data ?? standIns.get(id)?.record
  }

  /** What REST says of a message that the document has not. */
  function standInOf(id: string): PageMessage | undefined {
    const isStanding = document !== undefined && rootMap(document, 'messages').has(id)
    return isStanding ? undefined : standIns.get(id)
  }

  function deliveryOf(id: string): Delivery {
    const own = entriesByMessage.get(id)?.filter(({ root }) => root === 'messages') ?? []
    const refused = own.find(({ kind, refusal }) => kind === 'message' && refusal !== undefined)
    if (refused?.refusal !== undefined) {
      return { state: 'refused', refusal: refused.refusal, outboxId: refused.id }
    }
    return own.some(({ refusal }) => refusal === undefined) ? { state: 'pending' } : SENT
  }

  const waitingOf = (id: string, root: OutboxEntry['root']): OutboxEntry[] =>
    (entriesByMessage.get(id) ?? []).filter(
      (entry) => entry.root === root && entry.refusal === undefined,
    )

  function reactionsOf(id: string): ReactionView[] {
    const standing = reactions.get(id)
    // A page says who reacted, in their order, and not when.
    const standIn = standInOf(id)?.reactions.map(
      ({ emoji, userIds }): [string, Map<UserId, number>] => [
        emoji,
        new Map(userIds.map((userId) => [userId, 0])),
      ],
    )
    const waiting = waitingOf(id, 'reactions')
    if (standing === undefined && standIn === undefined && waiting.length === 0) return []
    const users = new Map(
      standIn ?? [...(standing ?? [])].map(([emoji, given]) => [emoji, new Map(given)]),
    )
    for (const { key, value } of waiting) {
      const emoji = parseReactionKey(key)?.emoji
      if (emoji === undefined) continue
      const ids = users.get(emoji) ?? new Map<UserId, number>()
      users.set(emoji, ids)
      if (typeof value === 'number') ids.set(userId, value)
      else ids.delete(userId)
    }
    return toReactionViews(users)
  }

  function isPinned(id: string): boolean {
    const waiting = waitingOf(id, 'pins').at(-1)
    if (waiting !== undefined) return waiting.value !== undefined
    const isStanding = document !== undefined && rootMap(document, 'pins').has(id)
    return isStanding || standInOf(id)?.isPinned === true
  }

  function buildView(key: string, record: MessageRecord): MessageView | undefined {
    const id = messageIdSchema.safeParse(key)
    if (!id.success) return undefined
    return {
      id: id.data,
      record,
      delivery: deliveryOf(key),
      reactions: reactionsOf(key),
      isPinned: isPinned(key),
      replyCount: standInOf(key)?.replyCount ?? replies.get(key) ?? 0,
    }
  }

  function countReply(record: MessageRecord | undefined, by: number): void {
    if (record?.parentId === undefined || isTombstone(record)) return
    replies.set(record.parentId, (replies.get(record.parentId) ?? 0) + by)
    touch(record.parentId)
  }

  /** Brings the views of changed messages up to date, parents of replies included. */
  function refresh(): void {
    if (changed.size === 0) return
    if (changed.size > order.length / 4) order = []
    const records = new Map<string, MessageRecord | undefined>()
    // First all counts, which touch parents too: a parent may come before its replies here.
    for (const key of [...changed]) {
      const record = recordOf(key)
      records.set(key, record)
      countReply(views.get(key)?.record, -1)
      countReply(record, 1)
    }
    for (const key of changed) {
      const before = views.get(key)
      const record = records.has(key) ? records.get(key) : before?.record
      const view = record && buildView(key, record)
      if (view === undefined) views.delete(key)
      else views.set(key, view)
      if (order.length > 0) replaceInOrder(before, view)
    }
    changed.clear()
    if (order.length === 0) order = [...views.values()].toSorted(compareViews)
  }

  function replaceInOrder(before: MessageView | undefined, after: MessageView | undefined): void {
    if (before !== undefined) {
      const index = findIndex(order, before)
      const isSamePlace = after !== undefined && compareViews(before, after) === 0
      if (isSamePlace) order[index] = after
      else order.splice(index, 1)
      if (isSamePlace) return
    }
    if (after !== undefined) order.splice(findIndex(order, after), 0, after)
  }

  function detach(): void {
    if (document === undefined) return
    rootMap(document, 'messages').unobserve(onMessages)
    rootMap(document, 'reactions').unobserve(onReactions)
    rootMap(document, 'pins').unobserve(onPins)
    document = undefined
  }

  return {
    attach(next) {
      detach()
      document = next
      reactions.clear()
      for (const key of rootMap(next, 'reactions').keys()) followReaction(key)
      for (const key of views.keys()) touch(key)
      for (const key of rootMap(next, 'messages').keys()) touch(key)
      rootMap(next, 'messages').observe(onMessages)
      rootMap(next, 'reactions').observe(onReactions)
      rootMap(next, 'pins').observe(onPins)
      onChange()
    },
    setEntries(next) {
      for (const { messageId } of [...entries, ...next]) touch(messageId)
      entries = [...next]
      entriesByMessage = Map.groupBy(entries, ({ messageId }) => messageId)
      onChange()
    },
    setStandIns(rows) {
      for (const id of standIns.keys()) touch(id)
      standIns = new Map(rows.map((row) => [row.id, row]))
      for (const id of standIns.keys()) touch(id)
      onChange()
    },
    hasStandIns: () => standIns.size > 0,
    messages() {
      refresh()
      published ??= [...order]
      return published
    },
    find(messageId) {
      refresh()
      return views.get(messageId)
    },
    undelivered: () => entries.flatMap(toUndelivered),
    newest() {
      refresh()
      return order.at(-1)?.record.createdAt ?? 0
    },
    detach,
  }
}

function toUndelivered(entry: OutboxEntry): UndeliveredView[] {
  const { id, kind, messageId, refusal } = entry
  if (refusal === undefined || kind === 'message') return []
  const text = messageOf(entry)?.content ?? ''
  const emoji = kind === 'reaction' ? parseReactionKey(entry.key)?.emoji : undefined
  return [{ outboxId: id, kind, messageId, text, emoji, refusal }]
}

/** By time, then by emoji: the order in which changes arrive differs from screen to screen. */
function toReactionViews(users: ReadonlyMap<string, ReadonlyMap<UserId, number>>): ReactionView[] {
  const byTime = [...users]
    .filter(([, ids]) => ids.size > 0)
    .map(([emoji, ids]) => ({ emoji, since: Math.min(...ids.values()), ids }))
    .toSorted((one, other) => one.since - other.since || compareText(one.emoji, other.emoji))
  return byTime.map(({ emoji, ids }) => ({
    emoji,
    userIds: [...ids]
      .toSorted((one, other) => one[1] - other[1] || compareText(one[0], other[0]))
      .map(([id]) => id),
  }))
}

function compareText(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

/** Messages stand in the order of their time, then of their id. */
export function compareViews(one: MessageView, other: MessageView): number {
  const difference = one.record.createdAt - other.record.createdAt
  return difference === 0 ? compareText(one.id, other.id) : difference
}

/** Where a view stands, or would stand, in a sorted list. */
export function findIndex(sorted: readonly MessageView[], view: MessageView): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    const candidate = sorted[middle]
    if (candidate !== undefined && compareViews(candidate, view) < 0) low = middle + 1
    else high = middle
  }
  return low
}
