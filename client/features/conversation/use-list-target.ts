/**
 * Where a list of messages shall scroll to: the message that a link leads to, what has just been
 * written here, or the newest. Waits until that is among the items, and holds on to it while what
 * stands around it is still arriving, until somebody scrolls.
 */
import type { Virtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react'
import type { MessageId } from '../../../shared/ids.ts'
import { useConversationView } from './conversation-context.ts'
import type { MessageItem } from './message-items.ts'

export interface ListTarget {
  id: MessageId
  /** Another one for each time that somebody goes there. */
  attempt: number
  /** It is what one came for: marked, and given the focus. Otherwise it is on the way there. */
  isGoal: boolean
}

export interface ListTargetDeps {
  virtualizer: Virtualizer<HTMLDivElement, Element>
  scroller: RefObject<HTMLDivElement | null>
  items: readonly MessageItem[]
  target: ListTarget | undefined
  /** Whether these go on to the newest message. */
  isWhole: boolean
  /** The target is on the screen: the list no longer follows what is new. */
  onArrived: () => void
}

export interface ListScroll {
  /** Call when the list has another size: goes to what it holds on to; false when that is nothing. */
  scrollToHeld: () => boolean
  /** Scrolls to the newest message, once it is here. */
  scrollToNewest: () => void
}

/** What is on its way around a message has come by then, or comes when one reads on. */
const HOLD_MS = 3_000
const SCROLLING_EVENTS = ['wheel', 'touchstart', 'pointerdown', 'keydown'] as const

interface Hold {
  place: MessageId | 'end'
  until: number
  /** The items at which it was scrolled to last: others may stand before it now. */
  items: readonly MessageItem[] | undefined
  /** It is to be given the focus, and has got it once. */
  isGoal: boolean
  hasFocus: boolean
}

export function useListTarget(deps: ListTargetDeps): ListScroll {
  const { virtualizer, scroller, items, target, isWhole, onArrived } = deps
  const { writtenId } = useConversationView()
  const reached = useRef<ListTarget>(undefined)
  const written = useRef(writtenId)
  const hold = useRef<Hold>(undefined)

  const scrollTo = (held: Hold): void => {
    if (held.place === 'end') {
      if (!isWhole) return
      virtualizer.scrollToEnd()
    } else {
      const index = items.findIndex(({ key }) => key === held.place)
      if (index >= 0) virtualizer.scrollToIndex(index, { align: 'center' })
    }
    held.items = items
  }

  useLayoutEffect(() => {
    const has = (id: MessageId): boolean => items.some(({ key }) => key === id)
    if (target !== undefined && reached.current !== target && has(target.id)) {
      reached.current = target
      hold.current = holdOn(target.id, target.isGoal)
      onArrived()
    }
    if (writtenId !== undefined && written.current !== writtenId && has(writtenId)) {
      written.current = writtenId
      hold.current = holdOn('end')
    }
    const { current: held } = hold
    if (held === undefined || held.items === items) return
    if (held.items !== undefined && Date.now() > held.until) {
      hold.current = undefined
      return
    }
    scrollTo(held)
  })
  useEffect(() => {
    const { current } = scroller
    const release = (): void => {
      hold.current = undefined
    }
    for (const name of SCROLLING_EVENTS) current?.addEventListener(name, release, { passive: true })
    return () => {
      for (const name of SCROLLING_EVENTS) current?.removeEventListener(name, release)
    }
  }, [scroller])
  // The row is drawn only when the list has scrolled to it, and anew when it was out of sight
  // meanwhile, which takes the focus from it to the list.
  useEffect(() => {
    const { current: held } = hold
    if (held?.isGoal !== true || Date.now() > held.until) return
    const { activeElement } = document
    const isLost = activeElement === document.body || activeElement === scroller.current
    if (held.hasFocus && !isLost) return
    const row = scroller.current?.querySelector<HTMLElement>(
      `[data-message-id="${CSS.escape(held.place)}"]`,
    )
    if (!row) return
    held.hasFocus = true
    row.focus({ preventScroll: true })
  })

  return {
    scrollToHeld() {
      const { current: held } = hold
      if (held === undefined || Date.now() > held.until) return false
      scrollTo(held)
      return true
    },
    scrollToNewest() {
      hold.current = holdOn('end')
      scrollTo(hold.current)
      // The button goes.
      scroller.current?.focus()
    },
  }
}

function holdOn(place: Hold['place'], isGoal = false): Hold {
  return { place, until: Date.now() + HOLD_MS, items: undefined, isGoal, hasFocus: false }
}
