/** Posts a message for a REST client: the same record, guard and journal as a browser's. */
import type { z } from 'zod'
import type { postMessageRequestSchema } from '../../shared/api/messages.ts'
import type { Conversation } from '../../shared/document/names.ts'
import type { Actor } from '../../shared/guard/actor.ts'
import { defaultGuardLimits } from '../../shared/guard/limits.ts'
import { AppError } from '../../shared/errors.ts'
import type { MessageId } from '../../shared/ids.ts'
import type { MessageRecord } from '../../shared/records/message.ts'
import { prepareOnce } from '../database/prepare-once.ts'
import { messageTables } from '../projection/project-message.ts'
import { claimIdempotencyKey } from './claim-idempotency-key.ts'
import { requireAttachable } from '../queries/message-files.ts'
import { newId, type CommandContext } from './command-context.ts'

type Person = Extract<Actor, { kind: 'person' }>
type PostRequest = z.output<typeof postMessageRequestSchema> & {
  idempotencyKey?: string | undefined
}

interface StandingRow {
  content: string
  version: number
  parentId: MessageId | null
  replyToId: MessageId | null
  fileIds: string | null
}

/**
 * Answers the message's id once it is on disk and in the tables. With an id or a key of one's own,
 * a repetition posts nothing again. Throws AppError with the guard's code, and `conflict` when
 * something else was posted under the same id or key.
 */
export async function postMessage(
  context: CommandContext,
  conversation: Conversation,
  actor: Person,
  request: PostRequest,
): Promise<MessageId> {
  const { content, parentId, replyToId, fileIds } = request
  const id = chooseId(context, conversation, actor, request)
  const isChosen = request.id !== undefined || request.idempotencyKey !== undefined
  const find = (): StandingRow | undefined => findOwn(context, conversation, actor, id)
  if (isChosen && isRepetition(find(), request)) return id
  if (fileIds) requireAttachable(context.database.sqlite, conversation, actor.userId, fileIds)
  const record: MessageRecord = {
    authorId: actor.userId,
    content,
    type: fileIds === undefined ? 'TEXT' : 'FILE',
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
    if (!(error instanceof AppError) || !isRepetition(find(), request)) throw error
  }
  return id
}

function chooseId(
  context: CommandContext,
  conversation: Conversation,
  { userId, access }: Person,
  { id, idempotencyKey: key, ...request }: PostRequest,
): MessageId {
  if (id !== undefined) return id
  // Who may not write here shall not fill a table either.
  if (key === undefined || access.writeDenial !== undefined) return newId<MessageId>(context)
  const { content, parentId, replyToId, fileIds } = request
  const claim = { userId, conversationId: conversation.id, key }
  return claimIdempotencyKey(context, claim, [content, parentId, replyToId, fileIds])
}

/** Whether the same was posted already; throws `conflict` when it was something else. */
function isRepetition(standing: StandingRow | undefined, request: PostRequest): boolean {
  if (standing === undefined) return false
  const { content, parentId = null, replyToId = null, fileIds } = request
  const files = fileIds === undefined ? null : JSON.stringify(fileIds)
  const isSamePlace = standing.parentId === parentId && standing.replyToId === replyToId
  // Once it was edited or deleted, nobody can tell any more what it said at first.
  const isSameContent = standing.content === content && standing.fileIds === files
  if (isSamePlace && (isSameContent || standing.version > 1)) return true
  throw new AppError('conflict', { message: 'Something else was posted under this id' })
}

/** Behind all that is there, however many come in one millisecond; never where the guard says no. */
function nextCreatedAt(
  { database, now }: CommandContext,
  { kind, id }: Conversation,
): MessageRecord['createdAt'] {
  const { table, owner } = messageTables[kind]
  const newest = prepareOnce<[string], { createdAt: number | null }>(
    database.sqlite,
    `SELECT max(created_at) AS createdAt FROM ${table} WHERE ${owner} = ?`,
  ).get(id)?.createdAt
  const time = now()
  return Math.min(Math.max(time, (newest ?? 0) + 1), time + defaultGuardLimits.maxAheadMs)
}

function findOwn(
  { database }: CommandContext,
  { kind, id: conversationId }: Conversation,
  { userId }: Person,
  id: MessageId,
): StandingRow | undefined {
  const { table, owner } = messageTables[kind]
  return prepareOnce<[string, string, string], StandingRow>(
    database.sqlite,
    `SELECT content, version, parent_id AS parentId, reply_to_id AS replyToId, file_ids AS fileIds
     FROM ${table} WHERE ${owner} = ? AND id = ? AND author_id = ?`,
  ).get(conversationId, id, userId)
}
