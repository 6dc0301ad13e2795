/**
 * Home and End in a list whose rows are measured as they are drawn: corrections on the way end the
 * browser's own scrolling, which would stop somewhere in between.
 */
import type { KeyboardEvent } from 'react'

export interface ListEnds {
  toStart: () => void
  toEnd: () => void
}

/** Answers whether the key was one of the two. */
export function onListEndKey(event: KeyboardEvent<HTMLElement>, ends: ListEnds): boolean {
  const { key, target, currentTarget, altKey, ctrlKey, metaKey, shiftKey } = event
  if ((key !== 'Home' && key !== 'End') || altKey || ctrlKey || metaKey || shiftKey) return false
  // In a text they move the cursor; menus and dialogs of a message stand elsewhere in the page.
  if (event.defaultPrevented || !(target instanceof HTMLElement)) return false
  if (!currentTarget.contains(target) || target.matches('input, textarea')) return false
  event.preventDefault()
  if (key === 'Home') ends.toStart()
  else ends.toEnd()
  return true
}
