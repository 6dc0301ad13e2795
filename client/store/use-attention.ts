/** Whether somebody looks at this tab, and what they have before their eyes in it. */
import { useEffect, useSyncExternalStore } from 'react'
import type { Conversation } from '../../shared/document/names.ts'
import { useWorkspace } from './workspace-context.ts'

/** True while this tab is in sight and has the keyboard. */
export function useIsAttended(): boolean {
  return useSyncExternalStore(subscribe, isAttended)
}

/** Tells the engine that this conversation is on the screen, while somebody looks at it. */
export function useLooking({ kind, id }: Conversation): void {
  const { engine } = useWorkspace()
  const isLooking = useIsAttended()
  useEffect(() => {
    if (!isLooking) return
    engine.setLooking([{ kind, id } as Conversation]) // kind and id come from one conversation
    return () => engine.setLooking([])
  }, [engine, kind, id, isLooking])
}

function isAttended(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus()
}

function subscribe(onChange: () => void): () => void {
  const targets = [
    [document, 'visibilitychange'],
    [globalThis, 'focus'],
    [globalThis, 'blur'],
  ] as const
  for (const [target, event] of targets) target.addEventListener(event, onChange)
  return () => {
    for (const [target, event] of targets) target.removeEventListener(event, onChange)
  }
}
