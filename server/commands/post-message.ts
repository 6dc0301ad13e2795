/** Posts a message for a REST client: the same record, guard and journal as a browser's. */
import type { z } from 'zod'
import type { postMessageRequestSchema } from '../../shared/api/messages.ts'
import type { Conversation } from '../../shared/document/names.ts'
import type { Actor } from '../../shared/guard/actor.ts'
import type { MessageId } from '../../shared/ids.ts'
import type { MessageRecord } from '../../shared/records/message.ts'
import { messageTables } from '../projection/project-message.ts'
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
  const { content, parentId, replyToId } = request
  const id = request.id ?? newId<MessageId>(context)
  if (request.id !== undefined && isOwnMessage(context, conversation, actor, id)) return id
  const record: MessageRecord = {
    authorId: actor.userId,
    content,
    type: 'TEXT',
    createdAt: context.now(),
    version: 1,
    ...(parentId && { parentId }),
    ...(replyToId && { replyToId }),
  }
  await context.writer.write(conversation, actor, [{ root: 'messages', key: id, value: record }])
  return id
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
