/** When the Enter key sends what is typed, and when it makes a new line. */
import type { KeyboardEvent } from 'react'

export function isSendingEnter({ key, shiftKey, nativeEvent }: KeyboardEvent): boolean {
  // Enter ends a composition (Japanese, Chinese) before it sends anything.
  if (key !== 'Enter' || shiftKey || nativeEvent.isComposing) return false
  // On a touch keyboard Enter is the only way to a new line; the button sends.
  return !globalThis.matchMedia('(pointer: coarse)').matches
}
