/** Who may write what under a key of the root map `messages`. Pure; used by both sides. */
import type { KeyChain, Unit } from '../document/key-chain.ts'
import type { ErrorCode } from '../errors.ts'
import { messageIdSchema, type UserId } from '../ids.ts'
import {
  isTombstone,
  messageRecordSchema,
  surplusOf,
  type MessageRecord,
} from '../records/message.ts'
import type { Actor } from './actor.ts'
import { isTooFarAhead, type GuardLimits } from './limits.ts'

type Person = Extract<Actor, { kind: 'person' }>

/** What the writes of one update to one message are judged by. */
export interface MessageContext {
  actor: Actor
  now: number
  limits: GuardLimits
  /** Whether another segment of the conversation has a message with this id. */
  isElsewhere: (messageId: string) => boolean
}

/** Tells whether this person may change the content of a message that stands like this. */
export function mayEditMessage(record: MessageRecord, { userId, access }: Person): boolean {
  return access.writeDenial === undefined && !isTombstone(record) && record.authorId === userId
}

/** Tells whether this person may delete a message that stands like this. */
export function mayDeleteMessage(record: MessageRecord, { userId, access }: Person): boolean {
  if (access.writeDenial !== undefined || isTombstone(record)) return false
  return record.authorId === userId || access.canModerate
}

/** Judges all that one update writes to one message; undefined when it is allowed. */
export function judgeMessage(chain: KeyChain, context: MessageContext): ErrorCode | undefined {
  if (!messageIdSchema.safeParse(chain.key).success) return 'invalid_key'
  const standing = chain.before === undefined ? undefined : messageRecordSchema.parse(chain.before)
  if (standing === undefined && context.isElsewhere(chain.key)) return 'already_exists'
  let base = standing
  let highestVersion = standing?.version ?? 0
  for (const unit of chain.written) {
    // The remains of an own value that was replaced before it was sent stand for one version.
    if (!unit.hasValue) {
      const code = judgeRemains(standing, context.actor)
      if (code !== undefined) return code
      highestVersion += 1
      continue
    }
    const parsed = parseMessage(unit)
    if (typeof parsed === 'string') return parsed
    const code = judgeRecord(parsed, base, highestVersion, context)
    if (code !== undefined) return code
    base = parsed
    highestVersion = Math.max(highestVersion, parsed.version)
  }
  return chain.after() === undefined ? 'key_removed' : undefined
}

function judgeRemains(standing: MessageRecord | undefined, actor: Actor): ErrorCode | undefined {
  if (actor.kind === 'server' || standing === undefined || standing.authorId === actor.userId) {
    return undefined
  }
  return actor.access.canModerate ? undefined : 'not_author'
}

function parseMessage({ value }: Unit): MessageRecord | ErrorCode {
  const parsed = messageRecordSchema.safeParse(value)
  if (parsed.success && isPlain(value)) return parsed.data
  return isTooLong(value) ? 'content_too_long' : 'invalid_record'
}

/** Yjs decodes an own key `__proto__` into a prototype, which no schema sees. */
function isPlain(value: unknown): boolean {
  return Object.getPrototypeOf(value) === Object.prototype
}

function isTooLong(value: unknown): boolean {
  const content =
    typeof value === 'object' && value !== null && 'content' in value ? value.content : undefined
  return typeof content === 'string' && surplusOf(content) > 0
}

function judgeRecord(
  record: MessageRecord,
  base: MessageRecord | undefined,
  highestVersion: number,
  { actor, now, limits }: MessageContext,
): ErrorCode | undefined {
  const deletedAt = isTombstone(record) ? record.deletedAt : 0
  const times = [record.createdAt, record.editedAt ?? 0, deletedAt]
  if (times.some((time) => isTooFarAhead(time, now, limits))) return 'too_far_in_future'
  if (actor.kind === 'server') return base === undefined ? undefined : judgeIdentity(record, base)
  if (record.type === 'SYSTEM' && base?.type !== 'SYSTEM') return 'server_only'
  const code =
    base === undefined
      ? judgeCreation(record, highestVersion, actor)
      : judgeSuccessor(record, base, highestVersion, actor)
  return code ?? judgeDeleter(record, actor.userId)
}

function judgeCreation(
  record: MessageRecord,
  highestVersion: number,
  { userId, access }: Person,
): ErrorCode | undefined {
  if (record.authorId !== userId) return 'not_author'
  if (!access.canPost) return 'posting_restricted'
  if (record.version > highestVersion + 1) return 'version_mismatch'
  return isTombstone(record) && record.version < 2 ? 'version_mismatch' : undefined
}

function judgeSuccessor(
  record: MessageRecord,
  base: MessageRecord,
  highestVersion: number,
  { userId, access }: Person,
): ErrorCode | undefined {
  const isAuthor = base.authorId === userId
  if (!isAuthor && !(isTombstone(record) && access.canModerate)) return 'not_author'
  // Putting back what already stands there, after a lost acknowledgement, changes nothing.
  if (JSON.stringify(record) === JSON.stringify(base)) return undefined
  if (isTombstone(base)) return 'already_deleted'
  if (record.version < 2 || record.version > highestVersion + 1) return 'version_mismatch'
  return judgeIdentity(record, base)
}

function judgeIdentity(record: MessageRecord, base: MessageRecord): ErrorCode | undefined {
  const isSame =
    record.authorId === base.authorId &&
    record.createdAt === base.createdAt &&
    record.type === base.type &&
    record.parentId === base.parentId &&
    record.replyToId === base.replyToId
  return isSame ? undefined : 'immutable_field'
}

function judgeDeleter(record: MessageRecord, userId: UserId): ErrorCode | undefined {
  return isTombstone(record) && record.deletedBy !== userId ? 'not_yours' : undefined
}
