/** Follows a link to a message: brings it on the screen, and says what came of it. */
import { useCallback, useEffect, useRef, useState } from 'react'
import type { MessageId } from '../../shared/ids.ts'
import type { ConversationHandle, Revealed } from '../engine/engine-interface.ts'
import { useEngineStatus } from './use-engine.ts'

export interface RevealedMessage {
  messageId: MessageId
  /** Another one for each time that somebody goes there. */
  attempt: number
  result: Revealed | { state: 'looking' }
}

export interface Revealing {
  /** Undefined when no link was followed. */
  revealed: RevealedMessage | undefined
  /** Goes to the message once more. */
  revealAgain: () => void
}

export function useRevealedMessage(
  handle: ConversationHandle | undefined,
  messageId: MessageId | undefined,
): Revealing {
  const [attempt, setAttempt] = useState(0)
  const [found, setFound] = useState<RevealedMessage>()
  const revealAgain = useCallback(() => setAttempt((before) => before + 1), [])
  useEffect(() => {
    if (handle === undefined || messageId === undefined) return
    let isStale = false
    void handle.reveal(messageId).then((result) => {
      if (!isStale) setFound({ messageId, attempt, result })
    })
    return () => {
      isStale = true
    }
  }, [handle, messageId, attempt])

  const isCurrent = found?.messageId === messageId && found?.attempt === attempt
  const isOnline = useIsOnline()
  const isMissing = useRef(false)
  useEffect(() => {
    isMissing.current = isCurrent && found?.result.state === 'not-here'
  })
  // What this device did not have may be at the server, which has come back.
  useEffect(() => {
    if (isOnline && isMissing.current) revealAgain()
  }, [isOnline, revealAgain])

  if (messageId === undefined) return { revealed: undefined, revealAgain }
  const looking: RevealedMessage = { messageId, attempt, result: { state: 'looking' } }
  return { revealed: isCurrent && found !== undefined ? found : looking, revealAgain }
}

/** Whether the server is there, as far as this browser knows. */
export function useIsOnline(): boolean {
  const { connection } = useEngineStatus()
  return connection === 'online' || connection === 'syncing'
}
