/**
 * One entry of the outbox, and how it is read from a disk that may have damaged it. What somebody
 * typed is kept even when nothing else of its entry makes sense.
 */
import { z } from 'zod'
import { rootNames, type RootName } from '../../shared/document/layout.ts'
import { parseDocumentName } from '../../shared/document/names.ts'
import { messageIdSchema, type MessageId, type UserId } from '../../shared/ids.ts'
import type { MessageRecord } from '../../shared/records/message.ts'
import { refusalSchema, type Refusal } from '../../shared/sync/refusal.ts'

const kinds = ['message', 'edit', 'deletion', 'reaction', 'pin'] as const

export interface OutboxEntry {
  id: string
  documentName: string
  kind: (typeof kinds)[number]
  messageId: MessageId
  root: RootName
  key: string
  /** Absent for a removal. */
  value?: unknown
  /** Entries of a document are delivered in this order. */
  order: number
  /** The entry is on the server's disk once it has every struct of `clientId` below `clock`. */
  clientId: number
  clock: number
  /** Why the server refused it; absent while it waits. */
  refusal?: Refusal
}

/** In no document yet: no document has a struct of this clientID below this clock. */
export const NOWHERE = { clientId: -1, clock: 1 }

/**
 * The message that an entry writes; undefined for other entries. Not as strict as the guard: a
 * record that no guard would take is still what somebody typed, and must not vanish.
 */
export function messageOf({ root, value }: OutboxEntry): MessageRecord | undefined {
  return root === 'messages' ? (value as MessageRecord | undefined) : undefined // entries are made by the engine, or parsed below
}

const documentNameSchema = z
  .string()
  .refine((name) => parseDocumentName(name)?.kind === 'conversation')

/** Enough of a message for the screen, whether or not the guard will take it. */
const writtenMessageSchema = z.looseObject({
  authorId: z.string(),
  content: z.string(),
  type: z.string(),
  createdAt: z.number(),
  version: z.number(),
})

/** Loose, so that what a newer version of the app has added is still there for it. */
const entrySchema = z
  .looseObject({
    id: z.string(),
    documentName: documentNameSchema,
    kind: z.enum(kinds),
    messageId: messageIdSchema,
    root: z.enum(rootNames),
    key: z.string(),
    value: z.unknown().optional(),
    order: z.number(),
    clientId: z.number(),
    clock: z.number(),
    refusal: refusalSchema.optional(),
  })
  .refine(({ root, value }) => root !== 'messages' || writtenMessageSchema.safeParse(value).success)

/** As little as is needed to show somebody their own words. */
const wordsSchema = z.looseObject({
  id: z.string(),
  documentName: documentNameSchema,
  value: z.looseObject({ content: z.string().min(1) }),
})

export interface StoredEntryContext {
  userId: UserId
  /** ms UTC */
  now: () => number
  newMessageId: () => MessageId
}

export type StoredEntry =
  | { state: 'good'; entry: OutboxEntry }
  /** Only the words of a message were left: they make a new one, which its person may send. */
  | { state: 'salvaged'; entry: OutboxEntry }
  | { state: 'lost' }

/** Reads what a disk gave for an entry. */
export function parseOutboxEntry(stored: unknown, context: StoredEntryContext): StoredEntry {
  const parsed = entrySchema.safeParse(stored)
  if (parsed.success) return { state: 'good', entry: parsed.data as OutboxEntry } // what the schema says, and more
  const words = wordsSchema.safeParse(stored).data
  if (words === undefined) return { state: 'lost' }
  const { id, documentName, value } = words
  const messageId = messageIdSchema.safeParse(words['messageId']).data ?? context.newMessageId()
  const createdAt = z.number().safeParse(value['createdAt']).data ?? context.now()
  const order = z.number().safeParse(words['order']).data ?? 0
  const { content } = value
  const record = { authorId: context.userId, content, type: 'TEXT', createdAt, version: 1 }
  return {
    state: 'salvaged',
    entry: {
      id,
      documentName,
      kind: 'message',
      messageId,
      root: 'messages',
      key: messageId,
      value: record,
      order,
      ...NOWHERE,
      refusal: { code: 'damaged_on_device', root: 'messages', key: messageId },
    },
  }
}
