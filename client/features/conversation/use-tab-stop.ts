/** Which message of a list is its one stop for the Tab key, and the arrow keys between them. */
import type { Virtualizer } from '@tanstack/react-virtual'
import { useState, type FocusEvent, type KeyboardEvent } from 'react'
import type { MessageItem } from './message-items.ts'

export interface TabStop {
  /** The key of its item. */
  key: string | undefined
  onFocus: (event: FocusEvent) => void
  onKeyDown: (event: KeyboardEvent<HTMLElement>) => void
}

const MESSAGE = '[data-message-id]'
const steps: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1 }

export function useTabStop(
  items: readonly MessageItem[],
  virtualizer: Virtualizer<HTMLDivElement, Element>,
): TabStop {
  const [chosen, setChosen] = useState<string>()
  const isDrawn = virtualizer.getVirtualItems().some(({ key }) => key === chosen)
  const newest = nextMessage(items, (virtualizer.range?.endIndex ?? items.length - 1) + 1, -1)

  const onFocus = ({ target }: FocusEvent): void => {
    const message = target.closest<HTMLElement>(MESSAGE)
    if (message !== null) setChosen(message.dataset['messageId'])
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const { key, target, currentTarget, altKey, ctrlKey, metaKey, shiftKey } = event
    const step = steps[key]
    if (step === undefined || altKey || ctrlKey || metaKey || shiftKey) return
    // A menu opens with an arrow key, in a text they move the cursor, and menus and dialogs of a
    // message stand elsewhere in the page.
    if (event.defaultPrevented || !(target instanceof HTMLElement)) return
    if (!currentTarget.contains(target) || target.matches('input, textarea')) return
    const from = target.closest<HTMLElement>(MESSAGE)?.dataset['messageId']
    const index = items.findIndex((item) => item.key === from)
    const next = index === -1 ? undefined : nextMessage(items, index, step)
    if (next === undefined) return
    event.preventDefault()
    currentTarget.querySelector<HTMLElement>(`[data-message-id="${next}"]`)?.focus()
  }
  return { key: isDrawn ? chosen : newest, onFocus, onKeyDown }
}

/** The key of the message after this index in the direction of the step. */
function nextMessage(
  items: readonly MessageItem[],
  index: number,
  step: number,
): string | undefined {
  const item = items[index + step]
  return item?.kind === 'day' ? nextMessage(items, index + step, step) : item?.key
}
