/**
 * The person's own document `user:<id>`: the server's greeting with its clock and generation,
 * who is present, and news of the directory. Its awareness is the socket's heartbeat. Nothing is
 * ever written into it.
 */
import type { HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { formatUserDocumentName } from '../../shared/document/names.ts'
import type { UserId } from '../../shared/ids.ts'
import type { DirectoryEvent, ServerMessage } from '../../shared/sync/stateless-messages.ts'
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
  reconnect: () => void
  close: () => void
}

const REOPEN_DELAY_MS = 5_000

export function openOwnDocument(deps: OwnDocumentDeps): OwnDocument {
  const presence = createObservable<ReadonlySet<UserId>>(new Set())
  let link: DocumentLink | undefined
  let document: Y.Doc | undefined
  let awareness: Awareness | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function onMessage(message: ServerMessage): void {
    if (message.type === 'welcome') deps.onWelcome(message)
    else if (message.type === 'event') deps.onEvent(message.event)
    else if (message.type === 'presence') {
      const next = new Set(message.isComplete ? [] : presence.snapshot())
      for (const userId of message.online) next.add(userId)
      for (const userId of message.offline) next.delete(userId)
      presence.set(next)
    }
  }

  function shut(): void {
    clearTimeout(timer)
    link?.destroy()
    awareness?.destroy()
    document?.destroy()
    link = undefined
    presence.set(new Set())
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
        onDisconnected: () => presence.set(new Set()),
        onRefused({ code }) {
          shut()
          if (treatmentOf(code) === 'sign-in') deps.onSignInNeeded()
          else timer = setTimeout(open, REOPEN_DELAY_MS)
        },
      },
    })
  }

  open()
  return { presence, reconnect: open, close: shut }
}
