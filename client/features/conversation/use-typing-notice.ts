/** Tells the others that one types, a few times while one does, and once that one has stopped. */
import { useEffect, useRef } from 'react'
import type { ConversationHandle } from '../../engine/engine-interface.ts'

const REPEAT_MS = 3_000
const STOP_MS = 6_000

export function useTypingNotice(handle: ConversationHandle | undefined): {
  onType: (isTyping: boolean) => void
} {
  const lastSaid = useRef(0)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])

  const stop = (): void => {
    clearTimeout(timer.current)
    if (lastSaid.current === 0) return
    lastSaid.current = 0
    handle?.setTyping(false)
  }
  const onType = (isTyping: boolean): void => {
    if (!isTyping) {
      stop()
      return
    }
    clearTimeout(timer.current)
    timer.current = setTimeout(stop, STOP_MS)
    if (Date.now() - lastSaid.current < REPEAT_MS) return
    lastSaid.current = Date.now()
    handle?.setTyping(true)
  }
  return { onType }
}
