/** Posts a message for a REST client: the same record, guard and journal as a browser's. */
import type { z } from 'zod'
import type { postMessageRequestSchema } from '../../shared/api/messages.ts'
import type { Conversation } from '../../shared/document/names.ts'
import type { Actor } from '../../shared/guard/actor.ts'
import { defaultGuardLimits } from '../../shared/guard/limits.ts'
import { AppError } from '../../shared/errors.ts'
import type { MessageId } from '../../shared/ids.ts'
import type { MessageRecord } from '../../shared/records/message.ts'
import { messageTables } from '../projection/project-message.ts'
import { requireAttachable } from '../queries/message-files.ts'
import { newId, type CommandContext } from './command-context.ts'

type Person = Extract<Actor, { kind: 'person' }>

/**
 * Answers the message's id once it is on disk and in the tables. With an id of one's own, a
 * repetition posts nothing again. Throws AppError with the guard's code.
 */
export async function postMessage(
  context: CommandContext,
  conversation: Conversation,
  actor: Person,
  request: z.output<typeof postMessageRequestSchema>,
): Promise<MessageId> {
  const { content, parentId, replyToId, fileIds } = request
  const id = request.id ?? newId<MessageId>(context)
  if (request.id !== undefined && isOwnMessage(context, conversation, actor, id)) return id
  if (fileIds) requireAttachable(context.database.sqlite, conversation, actor.userId, fileIds)
  const record: MessageRecord = {
    authorId: actor.userId,
    content,
    type: fileIds ? 'FILE' : 'TEXT',
    createdAt: nextCreatedAt(context, conversation),
    version: 1,
    ...(parentId && { parentId }),
    ...(replyToId && { replyToId }),
    ...(fileIds && { fileIds }),
  }
  try {
    await context.writer.write(conversation, actor, [{ root: 'messages', key: id, value: record }])
  } catch (error) {
    // The same post may have come in twice at once, and the other one was quicker.
    if (!(error instanceof AppError) || !isOwnMessage(context, conversation, actor, id)) throw error
  }
  return id
}

/** Behind all that is there, however many come in one millisecond; never where the guard says no. */
function nextCreatedAt(
  { database, now }: CommandContext,
  { kind, id }: Conversation,
): MessageRecord['createdAt'] {
  const { table, owner } = messageTables[kind]
  const newest = database.sqlite
    .prepare<[string], { createdAt: number | null }>(
      `SELECT max(created_at) AS createdAt FROM ${table} WHERE ${owner} = ?`,
    )
    .get(id)?.createdAt
  const time = now()
  return Math.min(Math.max(time, (newest ?? 0) + 1), time + defaultGuardLimits.maxAheadMs)
}

function isOwnMessage(
  { database }: CommandContext,
  { kind, id: conversationId }: Conversation,
  { userId }: Person,
  id: MessageId,
): boolean {
  const { table, owner } = messageTables[kind]
  return (
    database.sqlite
      .prepare(`SELECT 1 FROM ${table} WHERE ${owner} = ? AND id = ? AND author_id = ?`)
      .get(conversationId, id, userId) !== undefined
  )
}
