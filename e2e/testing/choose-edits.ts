/** Random edits that the guard allows: messages, their edits and deletions, reactions and pins. */
import type * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'
import type { RecordEdit } from '../../shared/document/record-edit.ts'
import type { MessageId, UserId } from '../../shared/ids.ts'
import {
  isTombstone,
  messageRecordSchema,
  type MessageRecord,
} from '../../shared/records/message.ts'
import { formatReactionKey, parseReactionKey } from '../../shared/records/reaction.ts'
import type { SeededRandom } from './seeded-random.ts'

export interface EditChooser {
  /** The edits of one update; never empty, and never two of the same record. */
  next: () => RecordEdit[]
  /** The same without updates that only remove, of which no clock tells that they are on disk. */
  nextWithContent: () => RecordEdit[]
}

export interface EditChooserDeps {
  document: Y.Doc
  userId: UserId
  random: SeededRandom
  nextId: () => MessageId
}

const EMOJI = ['👍', '🎉', '👀'] as const
const MOST_AT_ONCE = 3
const LONG_MESSAGE = 1_500
const SHORT_MESSAGE = 120

export function createEditChooser({
  document,
  userId,
  random,
  nextId,
}: EditChooserDeps): EditChooser {
  const messages = rootMap(document, 'messages')
  const reactions = rootMap(document, 'reactions')
  const known = [...messages.keys()] as MessageId[] // the keys of messages are their ids
  const own = known.filter((id) => recordOf(id).authorId === userId)
  const given = [...reactions.keys()].filter((key) => parseReactionKey(key)?.userId === userId)

  function recordOf(id: MessageId): MessageRecord {
    return messageRecordSchema.parse(messages.get(id))
  }

  function content(): string {
    const length = random.below(random.below(10) === 0 ? LONG_MESSAGE : SHORT_MESSAGE)
    return `${random.below(1_000_000)} ${'words '.repeat(length / 6)}`
  }

  function create(): RecordEdit {
    const key = nextId()
    const value: MessageRecord = {
      authorId: userId,
      content: content(),
      type: 'TEXT',
      createdAt: Date.now(),
      version: 1,
    }
    known.push(key)
    own.push(key)
    return { root: 'messages', key, value }
  }

  function createSome(): RecordEdit[] {
    return Array.from({ length: 1 + random.below(MOST_AT_ONCE) }, create)
  }

  function change(isDeletion: boolean): RecordEdit[] {
    const key = own[random.below(own.length)]
    const standing = key && recordOf(key)
    if (!key || !standing || isTombstone(standing)) return createSome()
    const version = standing.version + 1
    const value: MessageRecord = isDeletion
      ? { ...standing, version, content: '', deletedAt: Date.now(), deletedBy: userId }
      : { ...standing, version, content: content(), editedAt: Date.now() }
    return [{ root: 'messages', key, value }]
  }

  function react(): RecordEdit[] {
    const messageId = known[random.below(known.length)]
    if (messageId === undefined) return createSome()
    const key = formatReactionKey({ messageId, userId, emoji: random.pick(EMOJI) })
    given.push(key)
    return [{ root: 'reactions', key, value: Date.now() }]
  }

  function takeBack(): RecordEdit[] {
    const key = given[random.below(given.length)]
    if (key === undefined || !reactions.has(key)) return react()
    return [{ root: 'reactions', key, value: undefined }]
  }

  function pin(): RecordEdit[] {
    const key = own[random.below(own.length)]
    if (key === undefined) return createSome()
    const isPinned = rootMap(document, 'pins').has(key)
    const value = isPinned ? undefined : { userId, pinnedAt: Date.now() }
    return [{ root: 'pins', key, value }]
  }

  function next(): RecordEdit[] {
    const die = random.below(100)
    if (die < 55) return createSome()
    if (die < 70) return change(false)
    if (die < 78) return change(true)
    if (die < 88) return react()
    return die < 94 ? takeBack() : pin()
  }

  return {
    next,
    nextWithContent() {
      const edits = next()
      return edits.every(({ value }) => value === undefined) ? [...edits, create()] : edits
    },
  }
}
