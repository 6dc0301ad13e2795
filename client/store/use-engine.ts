/** The engine as hooks. */
import { useEffect, useLayoutEffect, useMemo, useSyncExternalStore } from 'react'
import type { Conversation } from '../../shared/document/names.ts'
import type { UserId } from '../../shared/ids.ts'
import type {
  ConversationHandle,
  ConversationSnapshot,
  EngineStatus,
  KnownConversation,
  Observable,
} from '../engine/engine-interface.ts'
import { openingSnapshot } from '../engine/opening-snapshot.ts'
import { useWorkspace } from './workspace-context.ts'

export function useObservable<Snapshot>({ subscribe, snapshot }: Observable<Snapshot>): Snapshot {
  return useSyncExternalStore(subscribe, snapshot)
}

export function useEngineStatus(): EngineStatus {
  return useObservable(useWorkspace().engine.status)
}

/** People who are connected now, as far as this browser knows. */
export function usePresence(): ReadonlySet<UserId> {
  return useObservable(useWorkspace().engine.presence)
}

/** Tells the engine where the chains of these conversations end. */
export function useNoteSegments(known: readonly KnownConversation[]): void {
  const { engine } = useWorkspace()
  // Before effects that open conversations: these begin at the end of the chain.
  useLayoutEffect(() => engine.noteNewestSegments(known), [engine, known])
}

/** Keeps full copies of these conversations on this device. */
export function useKeepCopies(conversations: readonly Conversation[]): void {
  const { engine } = useWorkspace()
  useEffect(() => engine.keepCopies(conversations), [engine, conversations])
}

export interface OpenConversation {
  snapshot: ConversationSnapshot
  /** Undefined for the moment that opening takes. */
  handle: ConversationHandle | undefined
}

/** Opens a conversation for as long as the component is there. */
export function useConversation({ kind, id }: Conversation): OpenConversation {
  const { engine } = useWorkspace()
  const opening = useMemo(() => {
    const conversation = { kind, id } as Conversation // kind and id come from one conversation
    return openWhileWatched(() => engine.openConversation(conversation))
  }, [engine, kind, id])
  const snapshot = useObservable(opening)
  return { handle: opening.handle(), snapshot }
}

/** An observable that holds the conversation open while somebody watches it. */
function openWhileWatched(
  open: () => ConversationHandle,
): Observable<ConversationSnapshot> & { handle: () => ConversationHandle | undefined } {
  let handle: ConversationHandle | undefined
  let watchers = 0
  return {
    handle: () => handle,
    snapshot: () => handle?.snapshot() ?? openingSnapshot,
    subscribe(onChange) {
      handle ??= open()
      watchers += 1
      const unsubscribe = handle.subscribe(onChange)
      return () => {
        unsubscribe()
        watchers -= 1
        if (watchers > 0) return
        handle?.close()
        handle = undefined
      }
    },
  }
}
