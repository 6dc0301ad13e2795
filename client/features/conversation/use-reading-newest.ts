/** Whether one reads at the newest message, where the list follows what is added. */
import { useCallback, useRef, type RefObject, type UIEvent } from 'react'

/** px; so near to the end one reads there. */
export const NEAR_END_PX = 80

export interface ReadingNewest {
  /** A list opens at its end. */
  isReadingNewest: RefObject<boolean>
  onScroll: (event: UIEvent) => void
}

export function useReadingNewest(): ReadingNewest {
  const isReadingNewest = useRef(true)
  const lastTop = useRef(0)
  const onScroll = useCallback(({ currentTarget }: UIEvent) => {
    const { scrollTop, scrollHeight, clientHeight } = currentTarget
    const isNear = scrollHeight - scrollTop - clientHeight <= NEAR_END_PX
    // The end also moves away when rows turn out higher than thought; only a person moves up.
    if (isNear) isReadingNewest.current = true
    else if (scrollTop < lastTop.current) isReadingNewest.current = false
    lastTop.current = scrollTop
  }, [])
  return { isReadingNewest, onScroll }
}
