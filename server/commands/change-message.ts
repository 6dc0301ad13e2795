/**
 * Edits and deletes messages, gives and takes reactions, sets and removes pins for a REST client: in
 * the segment that holds the message, through the same guard and journal as a browser's writes.
 */
import type { Conversation } from '../../shared/document/names.ts'
import type { RecordEdit } from '../../shared/document/record-edit.ts'
import { AppError } from '../../shared/errors.ts'
import type { Actor } from '../../shared/guard/actor.ts'
import type { MessageId } from '../../shared/ids.ts'
import {
  isTombstone,
  messageRecordSchema,
  type MessageRecord,
  type Tombstone,
} from '../../shared/records/message.ts'
import { formatReactionKey } from '../../shared/records/reaction.ts'
import { createReadMessagePlace } from '../projection/message-places.ts'
import type { CommandContext } from './command-context.ts'
import type { ReadRecord } from './conversation-writer.ts'

/** Which message somebody wants to change. */
export interface MessageTarget {
  conversation: Conversation
  actor: Extract<Actor, { kind: 'person' }>
  messageId: MessageId
}

/**
 * Replaces the words of one's message. With `versions`, only while it has one of these: throws
 * `precondition_failed` when it was edited since. Throws `not_found`, and the guard's codes.
 */
export async function editMessage(
  context: CommandContext,
  target: MessageTarget,
  { content, versions }: { content: string; versions: readonly number[] | undefined },
): Promise<void> {
  await changeMessage(context, target, (standing) => {
    if (versions !== undefined && !versions.includes(standing.version)) {
      throw new AppError('precondition_failed')
    }
    if (isTombstone(standing)) throw new AppError('already_deleted')
    // Who is not the author has to hear so from the guard, whatever the words.
    if (standing.content === content && standing.authorId === target.actor.userId) return []
    const { version } = standing
    const value = { ...standing, content, version: version + 1, editedAt: context.now() }
    return [{ root: 'messages', key: target.messageId, value }]
  })
}

/** Leaves a tombstone in the message's place; where there is one already, nothing changes. */
export async function deleteMessage(context: CommandContext, target: MessageTarget): Promise<void> {
  const { actor, messageId } = target
  await changeMessage(context, target, (standing) => {
    if (isTombstone(standing)) return []
    const { authorId, type, createdAt, version, parentId, replyToId, editedAt } = standing
    const value: Tombstone = {
      ...{ authorId, type, createdAt, content: '', version: version + 1 },
      ...(parentId && { parentId }),
      ...(replyToId && { replyToId }),
      ...(editedAt !== undefined && { editedAt }),
      deletedAt: context.now(),
      deletedBy: actor.userId,
    }
    return [{ root: 'messages', key: messageId, value }]
  })
}

/** Gives the person's reaction, or takes it back; giving it twice is giving it once. */
export async function changeReaction(
  context: CommandContext,
  target: MessageTarget,
  { emoji, isGiven }: { emoji: string; isGiven: boolean },
): Promise<void> {
  const { actor, messageId } = target
  const key = formatReactionKey({ messageId, userId: actor.userId, emoji })
  await changeMessage(context, target, (standing, read) => {
    if (isGiven && isTombstone(standing)) throw new AppError('already_deleted')
    if ((read('reactions', key) !== undefined) === isGiven) return []
    return [{ root: 'reactions', key, value: isGiven ? context.now() : undefined }]
  })
}

/** Pins the message, or removes its pin; whoever pinned it first stays named. */
export async function changePin(
  context: CommandContext,
  target: MessageTarget,
  { isPinned }: { isPinned: boolean },
): Promise<void> {
  const { actor, messageId } = target
  await changeMessage(context, target, (standing, read) => {
    if (isPinned && isTombstone(standing)) throw new AppError('already_deleted')
    if ((read('pins', messageId) !== undefined) === isPinned) return []
    const value = isPinned ? { userId: actor.userId, pinnedAt: context.now() } : undefined
    return [{ root: 'pins', key: messageId, value }]
  })
}

/** Finds the message's document and decides on what stands there. Throws `not_found`. */
async function changeMessage(
  { database, writer }: CommandContext,
  { conversation, actor, messageId }: MessageTarget,
  decide: (standing: MessageRecord, read: ReadRecord) => readonly RecordEdit[],
): Promise<void> {
  const segment = createReadMessagePlace(database.sqlite)(conversation, messageId)
  if (segment === undefined) throw new AppError('not_found')
  const { writeDenial } = actor.access
  if (writeDenial !== undefined) throw new AppError(writeDenial)
  await writer.change({ conversation, segment }, actor, (read) => {
    const standing = read('messages', messageId)
    if (standing === undefined) throw new AppError('not_found')
    return decide(messageRecordSchema.parse(standing), read)
  })
}
