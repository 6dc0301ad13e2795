/**
 * The person's own document `user:<id>`: the server's greeting with its clock and generation,
 * who is present, news of the directory, and what its person looks at. Its awareness is the socket's heartbeat. Nothing is
 * ever written into it.
 */
import type { HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { formatUserDocumentName } from '../../shared/document/names.ts'
import type { ConversationId, UserId } from '../../shared/ids.ts'
import {
  MAX_LOOKED_AT,
  type DirectoryEvent,
  type ServerMessage,
} from '../../shared/sync/stateless-messages.ts'
import { openDocumentLink, type DocumentLink } from './document-link.ts'
import { createObservable, type ObservableValue } from './observable-value.ts'
import { treatmentOf } from './refusal-treatment.ts'

export interface OwnDocumentDeps {
  userId: UserId
  socket: HocuspocusProviderWebsocket
  onWelcome: (welcome: { now: number; generation: number }) => void
  onEvent: (event: DirectoryEvent) => void
  onSignInNeeded: () => void
}

export interface OwnDocument {
  presence: ObservableValue<ReadonlySet<UserId>>
  /** Says what this person has before their eyes; said again whenever a connection is made. */
  setLooking: (at: Iterable<ConversationId>) => void
  reconnect: () => void
  close: () => void
}

const REOPEN_DELAY_MS = 5_000
/** What changes within this time is said once: the server hears four in a second. */
const LOOKING_DELAY_MS = 250

export function openOwnDocument(deps: OwnDocumentDeps): OwnDocument {
  const presence = createObservable<ReadonlySet<UserId>>(new Set())
  let link: DocumentLink | undefined
  let document: Y.Doc | undefined
  let awareness: Awareness | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let lookingTimer: ReturnType<typeof setTimeout> | undefined
  let looking: readonly ConversationId[] = []
  /** What the server believes; undefined while there is no connection. */
  let told: readonly ConversationId[] | undefined

  function tellLooking(): void {
    lookingTimer = undefined
    if (told === undefined || isSame(told, looking)) return
    told = looking
    link?.send({ type: 'looking', at: [...looking] })
  }

  function onMessage(message: ServerMessage): void {
    if (message.type === 'welcome') {
      // A connection begins with nothing before anybody's eyes.
      told = []
      tellLooking()
      deps.onWelcome(message)
    } else if (message.type === 'event') deps.onEvent(message.event)
    else if (message.type === 'presence') {
      const next = new Set(message.isComplete ? [] : presence.snapshot())
      for (const userId of message.online) next.add(userId)
      for (const userId of message.offline) next.delete(userId)
      presence.set(next)
    }
  }

  function onDisconnected(): void {
    told = undefined
    presence.set(new Set())
  }

  function shut(): void {
    clearTimeout(timer)
    link?.destroy()
    awareness?.destroy()
    document?.destroy()
    link = undefined
    onDisconnected()
  }

  function open(): void {
    shut()
    document = new Y.Doc()
    awareness = new Awareness(document)
    link = openDocumentLink({
      name: formatUserDocumentName(deps.userId),
      document,
      socket: deps.socket,
      awareness,
      events: {
        onSynced: () => undefined,
        onDurable: () => undefined,
        onMessage,
        onDisconnected,
        onRefused({ code }) {
          shut()
          if (treatmentOf(code) === 'sign-in') deps.onSignInNeeded()
          else timer = setTimeout(open, REOPEN_DELAY_MS)
        },
      },
    })
  }

  open()
  return {
    presence,
    reconnect: open,
    setLooking(at) {
      looking = [...new Set(at)].slice(0, MAX_LOOKED_AT)
      lookingTimer ??= setTimeout(tellLooking, LOOKING_DELAY_MS)
    },
    close() {
      clearTimeout(lookingTimer)
      shut()
    },
  }
}

function isSame(one: readonly ConversationId[], other: readonly ConversationId[]): boolean {
  return one.length === other.length && one.every((id) => other.includes(id))
}
