/** The workspace on the screen: connection, conversations, and the one that is open. */
import { useEffect, useMemo, type ReactNode } from 'react'
import { useLocation } from 'wouter'
import type { Conversation } from '../../shared/document/names.ts'
import { SignInAgain } from '../features/account/sign-in-again.tsx'
import { ConnectionBar } from '../features/connection/connection-bar.tsx'
import { ConversationPage } from '../features/conversation/conversation-page.tsx'
import { focusComposer } from '../features/conversation/focus-conversation.ts'
import { Sidebar } from '../features/sidebar/sidebar.tsx'
import { Welcome } from '../features/welcome/welcome.tsx'
import { formatPath, parsePath } from '../store/conversation-path.ts'
import { useChannels, useDms } from '../store/directory-queries.ts'
import type { KnownConversation } from '../engine/engine-interface.ts'
import { useKeepCopies, useNoteSegments } from '../store/use-engine.ts'
import styles from './app.module.css'

export function Shell({ onSignedOut }: { onSignedOut: () => void }): ReactNode {
  const [location] = useLocation()
  const place = parsePath(location)
  const { items: channels, isLoading, error } = useChannels()
  useNoteSegments(useKnownConversations())
  useKeepCopies(useOwnConversations())
  const isEmpty = channels.length === 0 && !isLoading && error === null
  useReturnToList(place && formatPath(place.conversation))
  return (
    <div className={styles.shell}>
      {place === undefined ? null : (
        <button type="button" className={styles.skip} onClick={focusComposer}>
          Skip to the message field
        </button>
      )}
      <ConnectionBar />
      <SignInAgain />
      <div
        className={styles.columns}
        data-screen={place === undefined ? (isEmpty ? 'welcome' : 'list') : 'conversation'}
      >
        <aside className={styles.sidebar}>
          <Sidebar onSignedOut={onSignedOut} />
        </aside>
        <main className={styles.main}>
          {place === undefined ? (
            <Welcome />
          ) : (
            <ConversationPage
              key={place.conversation.id}
              conversation={place.conversation}
              threadId={place.threadId}
              messageId={place.messageId}
            />
          )}
        </main>
      </div>
    </div>
  )
}

/** Who leaves a conversation, and with it what had the focus, goes on where they came from. */
function useReturnToList(path: string | undefined): void {
  useEffect(() => {
    if (path === undefined) return
    return () => {
      if (document.activeElement !== document.body) return
      document.querySelector<HTMLElement>(`nav a[href="${path}"]`)?.focus()
    }
  }, [path])
}

/** All that the directory knows, those included that one only looks at. */
function useKnownConversations(): KnownConversation[] {
  const { items: channels } = useChannels()
  const { items: dms } = useDms()
  return useMemo(
    () => [
      ...dms.map(({ id, newestSegment }): KnownConversation => ({
        conversation: { kind: 'dm', id },
        newestSegment,
      })),
      ...channels.map(({ id, newestSegment }): KnownConversation => ({
        conversation: { kind: 'channel', id },
        newestSegment,
      })),
    ],
    [channels, dms],
  )
}

function useOwnConversations(): Conversation[] {
  const { items: channels } = useChannels()
  const { items: dms } = useDms()
  return useMemo(
    () => [
      ...dms.map(({ id }): Conversation => ({ kind: 'dm', id })),
      ...channels
        .filter(({ myRole }) => myRole !== null)
        .map(({ id }): Conversation => ({ kind: 'channel', id })),
    ],
    [channels, dms],
  )
}
