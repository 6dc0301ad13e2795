/**
 * The guard: whether an update may enter a document. It decides on the whole update, before a
 * byte of it is stored, applied or relayed. Pure: it reads the document and changes nothing.
 */
import type * as Y from 'yjs'
import type { KeyChain } from '../document/key-chain.ts'
import { rootMap } from '../document/layout.ts'
import { readChanges, type ClientAdvance } from '../document/read-changes.ts'
import type { RecordChange } from '../document/record-edit.ts'
import type { ErrorCode } from '../errors.ts'
import type { Refusal } from '../sync/refusal.ts'
import type { Actor } from './actor.ts'
import { judgeMessage, type MessageContext } from './judge-message.ts'
import { judgeMeta } from './judge-meta.ts'
import { judgePin } from './judge-pin.ts'
import { createReactionCount } from './count-reactions.ts'
import { judgeReaction, type ReactionContext } from './judge-reaction.ts'
import { defaultGuardLimits, type GuardLimits } from './limits.ts'

export interface GuardInput {
  update: Uint8Array
  /** The live document; only read. */
  document: Y.Doc
  actor: Actor
  /** Who a clientID of this document was bound to when it was first seen. */
  clientOwner: (clientId: number) => string | undefined
  /** How many clientIDs of this document the writer has already; none by default. */
  clientCount?: () => number
  /** Whom clientIDs seen for the first time in this update will be bound to. */
  writerId: string
  /** The server's clock, ms UTC. */
  now: number
  limits?: GuardLimits
  /** Whether another segment of the conversation has a message with this id; none by default. */
  isElsewhere?: (messageId: string) => boolean
}

export interface ClientClock {
  clientId: number
  /** One past the last clock that this update brings. */
  clock: number
  /** Seen for the first time in this document: bind it to the writer. */
  isNew: boolean
}

export type GuardDecision =
  | {
      allowed: true
      /** Canonical bytes of what is new; the only bytes that may be kept. */
      update: Uint8Array
      changes: RecordChange[]
      clients: ClientClock[]
      /** `root/key` of every record that it writes to, those that stay as they were included. */
      touched: string[]
      /** Nothing new in it: there is nothing to keep. */
      isEmpty: boolean
    }
  | { allowed: false; refusal: Refusal }

type Context = MessageContext & ReactionContext

/** Decides whether an update may enter, and says exactly what it will change. */
export function guardUpdate(input: GuardInput): GuardDecision {
  const { update, document, actor, limits = defaultGuardLimits } = input
  if (update.byteLength > limits.maxUpdateBytes) return refuse({ code: 'update_too_large' })
  const reading = readChanges(update, document, limits)
  if (reading.refusal !== undefined) return refuse(reading.refusal)

  const { chains, clients } = reading
  const touched = chains.filter(
    (chain) => chain.written.length > 0 || chain.after() !== chain.before,
  )
  const isEmpty = touched.length === 0 && clients.length === 0
  if (isEmpty) {
    return { allowed: true, update, changes: [], clients: [], touched: [], isEmpty }
  }
  if (touched.length > limits.maxRecords) return refuse({ code: 'too_many_changes' })
  if (actor.kind === 'person' && actor.access.writeDenial !== undefined) {
    return refuse(withPlace(actor.access.writeDenial, touched[0]))
  }
  const clientClocks = bindClients(clients, input)
  if (clientClocks === undefined) return refuse(withPlace('client_taken', touched[0]))
  if (hasTooManyClients(clientClocks, input, limits)) {
    return refuse(withPlace('too_many_clients', touched[0]))
  }

  const context = createContext(document, touched, {
    actor,
    now: input.now,
    limits,
    isElsewhere: input.isElsewhere ?? (() => false),
  })
  for (const chain of touched) {
    const code = judge(chain, context)
    if (code !== undefined) return refuse(withPlace(code, chain))
  }
  const changes = touched
    .map((chain) => ({
      root: chain.root,
      key: chain.key,
      before: chain.before,
      after: chain.after(),
    }))
    .filter(({ before, after }) => before !== after)
  return {
    allowed: true,
    update: reading.encode(),
    changes,
    clients: clientClocks,
    touched: touched.map(({ root, key }) => `${root}/${key}`),
    isEmpty,
  }
}

function judge(chain: KeyChain, context: Context): ErrorCode | undefined {
  switch (chain.root) {
    case 'messages':
      return judgeMessage(chain, context)
    case 'reactions':
      return judgeReaction(chain, context)
    case 'pins':
      return judgePin(chain, context)
    case 'meta':
      return judgeMeta(chain, context.actor)
  }
}

function createContext(
  document: Y.Doc,
  touched: readonly KeyChain[],
  base: Omit<Context, 'hasMessage' | 'reactionCount'>,
): Context {
  const written = new Set(touched.filter(({ root }) => root === 'messages').map(({ key }) => key))
  const messages = rootMap(document, 'messages')
  return {
    ...base,
    hasMessage: (messageId) => written.has(messageId) || messages.has(messageId),
    reactionCount: createReactionCount(document, touched),
  }
}

/** Undefined when one of the clientIDs belongs to somebody else. */
function bindClients(
  clients: readonly ClientAdvance[],
  { clientOwner, writerId }: GuardInput,
): ClientClock[] | undefined {
  const bound: ClientClock[] = []
  for (const { clientId, to } of clients) {
    const owner = clientOwner(clientId)
    if (owner !== undefined && owner !== writerId) return undefined
    bound.push({ clientId, clock: to, isNew: owner === undefined })
  }
  return bound
}

function hasTooManyClients(
  clients: readonly ClientClock[],
  { actor, clientCount }: GuardInput,
  { maxClientsPerPerson }: GuardLimits,
): boolean {
  const newCount = clients.filter(({ isNew }) => isNew).length
  if (newCount === 0 || actor.kind === 'server' || clientCount === undefined) return false
  return clientCount() + newCount > maxClientsPerPerson
}

function withPlace(code: ErrorCode, chain: KeyChain | undefined): Refusal {
  return chain === undefined ? { code } : { code, root: chain.root, key: chain.key }
}

function refuse(refusal: Refusal): GuardDecision {
  return { allowed: false, refusal }
}
