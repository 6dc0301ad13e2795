/** What is wider than its place scrolls in it: the Tab key stops there then, and only then. */
import { useEffect, useRef, useState, type RefObject } from 'react'

export interface ScrollStop<Box> {
  ref: RefObject<Box | null>
  tabIndex: 0 | undefined
}

export function useScrollStop<Box extends HTMLElement>(): ScrollStop<Box> {
  const ref = useRef<Box>(null)
  const [isWide, setWide] = useState(false)
  useEffect(() => {
    const { current } = ref
    if (current === null) return
    const observer = new ResizeObserver(() => setWide(current.scrollWidth > current.clientWidth))
    observer.observe(current)
    return () => observer.disconnect()
  }, [])
  return { ref, tabIndex: isWide ? 0 : undefined }
}
