/** Whether one reads at the newest message, where the list follows what is added. */
import { useCallback, useLayoutEffect, useRef, type RefObject, type UIEvent } from 'react'

/** px; so near to the end one reads there. */
export const NEAR_END_PX = 80

export interface ReadingNewest {
  /** A list opens at its end. */
  isReadingNewest: RefObject<boolean>
  /** Whether its end, as it was drawn last, was the newest message. */
  wasWhole: RefObject<boolean>
  onScroll: (event: UIEvent) => void
  /** Call after the list itself has scrolled: what follows is measured from there. */
  noteScrolled: (scroller: HTMLElement) => void
}

/** The end of a list that is not whole is not the newest message: nobody reads that there. */
export function useReadingNewest(isWhole: boolean): ReadingNewest {
  const isReadingNewest = useRef(true)
  const wasWhole = useRef(isWhole)
  useLayoutEffect(() => {
    wasWhole.current = isWhole
  }, [isWhole])
  const lastTop = useRef(0)
  const onScroll = useCallback(({ currentTarget }: UIEvent) => {
    const { scrollTop, scrollHeight, clientHeight } = currentTarget
    const isNear = scrollHeight - scrollTop - clientHeight <= NEAR_END_PX
    // The end also moves away when rows turn out higher than thought; only a person moves up.
    if (isNear) isReadingNewest.current = wasWhole.current
    else if (scrollTop < lastTop.current) isReadingNewest.current = false
    lastTop.current = scrollTop
  }, [])
  const noteScrolled = useCallback(({ scrollTop }: HTMLElement) => {
    lastTop.current = scrollTop
  }, [])
  return { isReadingNewest, wasWhole, onScroll, noteScrolled }
}
