/** Builders for tests of documents and the guard. Never imported by the product. */
import * as Y from 'yjs'
import { rootMap, type RootName } from '../document/layout.ts'
import { createId, type MessageId, type UserId } from '../ids.ts'
import type { ConversationAccess } from '../guard/actor.ts'
import type { LiveMessage } from '../records/message.ts'

/** Ids in a fixed order: the n-th call gives the same id in every run. */
export function createIdSequence(): <Id extends string>() => Id {
  let count = 0
  return <Id extends string>() => {
    count += 1
    const bytes = new Uint8Array(16)
    new DataView(bytes.buffer).setUint32(12, count)
    return createId<Id>({ now: () => 1_700_000_000_000 + count, randomBytes: () => bytes })
  }
}

const nextId = createIdSequence()
export const ada = nextId<UserId>()
export const ben = nextId<UserId>()
export const cleo = nextId<UserId>()
export const firstMessageId = nextId<MessageId>()
export const secondMessageId = nextId<MessageId>()

export const now = 1_800_000_000_000

export const memberAccess: ConversationAccess = {
  canRead: true,
  writeDenial: undefined,
  canPost: true,
  canPin: true,
  canModerate: false,
}

export function message(authorId: UserId, changes: Partial<LiveMessage> = {}): LiveMessage {
  return { authorId, content: 'hello', type: 'TEXT', createdAt: now - 1000, version: 1, ...changes }
}

/** A document that begins as a copy of another one, as a device has it after syncing. */
export function copyOf(document: Y.Doc, clientId?: number): Y.Doc {
  const copy = new Y.Doc()
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(document))
  // Only now: Yjs takes another clientID when an update brings changes of its own.
  if (clientId !== undefined) copy.clientID = clientId
  return copy
}

/** The bytes that a device would send to a server that has `known`. */
export function updateSince(document: Y.Doc, known: Y.Doc): Uint8Array {
  return Y.encodeStateAsUpdate(document, Y.encodeStateVector(known))
}

/** The bytes of one assignment made on a copy of the document. */
export function updateOf(
  document: Y.Doc,
  edit: (maps: Record<RootName, Y.Map<unknown>>, device: Y.Doc) => void,
  clientId?: number,
): Uint8Array {
  const device = copyOf(document, clientId)
  edit(mapsOf(device), device)
  return updateSince(device, document)
}

export function mapsOf(document: Y.Doc): Record<RootName, Y.Map<unknown>> {
  return {
    messages: rootMap(document, 'messages'),
    reactions: rootMap(document, 'reactions'),
    pins: rootMap(document, 'pins'),
    meta: rootMap(document, 'meta'),
  }
}
