/**
 * The rows of a conversation, of which only those on screen are drawn. It opens at the newest
 * message, follows new ones while one reads there, and stays put while one reads further up. Where
 * newer messages are still to be loaded its end is not the end of the conversation.
 */
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown } from 'lucide-react'
import { useEffect, useId, useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import type { MessageId } from '../../../shared/ids.ts'
import type { Further, MessageView } from '../../engine/engine-interface.ts'
import { usePeople } from '../../store/directory-queries.ts'
import { nameOf } from '../../store/person-name.ts'
import { Button, VisuallyHidden } from '../../ui/controls.tsx'
import { useConversationView } from './conversation-context.ts'
import styles from './conversation.module.css'
import { onListEndKey } from './list-ends.ts'
import type { MessageItem } from './message-items.ts'
import { MessageRow } from './message-row.tsx'
import { TabStopContext } from './tab-stop.ts'
import { formatDay } from './times.ts'
import { useListTarget, type ListTarget } from './use-list-target.ts'
import { usePlainText } from './use-plain-text.ts'
import { NEAR_END_PX, useReadingNewest } from './use-reading-newest.ts'
import { useTabStop } from './use-tab-stop.ts'

export interface MessageListProps {
  label: string
  items: readonly MessageItem[]
  onOpenThread?: (view: MessageView) => void
  /** Whether there are messages before and after these. */
  older: Further
  newer: Further
  /** One reads near the first or the last of these. */
  onReachStart: () => void
  onReachEnd: () => void
  /** Brings the newest messages where these end before them. */
  onShowNewest: () => void
  /** Whether the newest message of all is on the screen. */
  onNewestShown?: (isShown: boolean) => void
  target: ListTarget | undefined
}

/** What takes the place of older messages that neither this device nor the server can show now. */
export const OLDER_MISSING =
  'What was written before this is not on this device. It comes when the server can be reached.'
const DAY_HEIGHT_PX = 42
const MESSAGE_HEIGHT_PX = 60
const NEAR_EDGE = 10
const NOW_INTERVAL_MS = 60_000

export function MessageList(props: MessageListProps): ReactNode {
  const { label, items, onOpenThread, older, newer, onReachStart, onReachEnd } = props
  const { target, onShowNewest, onNewestShown } = props
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useRef<HTMLDivElement>(null)
  const [isAtEnd, setAtEnd] = useState(true)
  const now = useNow()
  const { isReadingNewest, wasWhole, onScroll, noteScrolled } = useReadingNewest(newer === 'none')
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (items[index]?.kind === 'day' ? DAY_HEIGHT_PX : MESSAGE_HEIGHT_PX),
    getItemKey: (index) => items[index]?.key ?? index,
    anchorTo: 'end',
    // What is loaded after a gap is not new: one reads on where one was.
    followOnAppend: newer === 'none' && wasWhole.current,
    scrollEndThreshold: NEAR_END_PX,
    overscan: 8,
    paddingEnd: 8,
    onChange: (instance) => setAtEnd(instance.isAtEnd(NEAR_END_PX)),
  })
  useLayoutEffect(() => virtualizer.scrollToEnd(), [virtualizer])
  const { scrollToHeld, scrollToNewest } = useListTarget({
    ...{ virtualizer, scroller, items, target, isWhole: newer === 'none' },
    onArrived: () => (isReadingNewest.current = false),
  })
  const resize = useRef((): void => undefined)
  useLayoutEffect(() => {
    resize.current = () => {
      if (scrollToHeld()) return
      if (isReadingNewest.current) virtualizer.scrollToEnd()
      else setAtEnd(virtualizer.isAtEnd(NEAR_END_PX))
      // The browser tells of this and of what the person does next in one event.
      if (scroller.current !== null) noteScrolled(scroller.current)
    }
  })
  // Segments are let go of before the rows that one sees, which moves the list up by itself: that is
  // noted before the browser tells of it, and would be taken for somebody who scrolls up.
  useLayoutEffect(() => {
    if (scroller.current === null || !isReadingNewest.current || newer !== 'none') return
    virtualizer.scrollToEnd()
    noteScrolled(scroller.current)
  }, [items, newer, virtualizer, isReadingNewest, noteScrolled])
  // A keyboard on a touch screen, a composer that grows, and rows that turn out higher than thought
  // must not cover what one reads.
  useEffect(() => {
    if (scroller.current === null || rows.current === null) return
    const observer = new ResizeObserver(() => resize.current())
    observer.observe(scroller.current)
    observer.observe(rows.current)
    return () => observer.disconnect()
  }, [])
  const tabStop = useTabStop(items, virtualizer)
  const hintId = useId()
  const toStart = (): void => {
    isReadingNewest.current = false
    virtualizer.scrollToIndex(0, { align: 'start' })
  }
  const toEnd = (): void => {
    onShowNewest()
    scrollToNewest()
  }
  const shown = virtualizer.getVirtualItems()
  const isNearStart = items.length > 0 && (shown[0]?.index ?? items.length) < NEAR_EDGE
  const isNearEnd = items.length > 0 && (shown.at(-1)?.index ?? 0) >= items.length - NEAR_EDGE
  const isNewestShown = isAtEnd && newer === 'none'
  // Few messages end near their start: who reads the newest of them does not read back, and goes on
  // following what is new. Asked again when the end leaves the screen.
  const isFull = virtualizer.getTotalSize() > (virtualizer.scrollRect?.height ?? 0)
  useEffect(() => {
    const readsBack = !isReadingNewest.current || !isFull
    if (isNearStart && readsBack && older === 'more') onReachStart()
  }, [isNearStart, isNewestShown, isFull, older, onReachStart, isReadingNewest])
  useEffect(() => {
    if (isNearEnd && newer === 'more') onReachEnd()
  }, [isNearEnd, newer, onReachEnd])
  useEffect(() => {
    onNewestShown?.(isNewestShown)
    return () => onNewestShown?.(false)
  }, [isNewestShown, onNewestShown])
  return (
    <div className={styles.list}>
      {older === 'missing' && isNearStart ? (
        <output className={styles.missing}>{OLDER_MISSING}</output>
      ) : null}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- messages in it are focused, and it hears their keys */}
      <div
        ref={scroller}
        className={styles.scroller}
        role="log"
        aria-label={label}
        aria-live="off"
        onScroll={onScroll}
        aria-describedby={hintId}
        onFocus={tabStop.onFocus}
        onKeyDown={(event) => {
          if (!onListEndKey(event, { toStart, toEnd })) tabStop.onKeyDown(event)
        }}
        // The keyboard comes back here when the message that it was in goes.
        tabIndex={-1}
      >
        <div ref={rows} className={styles.rows} style={{ height: virtualizer.getTotalSize() }}>
          {shown.map(({ index, key, start }) => (
            <div
              key={key}
              ref={virtualizer.measureElement}
              data-index={index}
              className={styles.row}
              style={{ transform: `translateY(${start}px)` }}
            >
              <TabStopContext value={key === tabStop.key}>
                <Row
                  item={items[index]}
                  now={now}
                  goalId={target?.isGoal === true ? target.id : undefined}
                  onOpenThread={onOpenThread}
                />
              </TabStopContext>
            </div>
          ))}
        </div>
      </div>
      {older === 'loading' && isNearStart ? (
        <output className={styles.arriving}>Getting older messages…</output>
      ) : null}
      {isNewestShown ? null : (
        <Button isSmall className={styles.newest} onClick={toEnd}>
          <ArrowDown size={16} /> Newest
        </Button>
      )}
      <span id={hintId} hidden>
        The arrow keys go from message to message.
      </span>
      <Announcer newest={newer === 'none' ? items.at(-1) : undefined} />
    </div>
  )
}

/** The time, read again often enough for days to change. */
function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), NOW_INTERVAL_MS)
    return () => clearInterval(timer)
  }, [])
  return now
}

interface RowProps {
  item: MessageItem | undefined
  /** ms UTC; tells which day is today. */
  now: number
  /** The message that a link led to. */
  goalId: MessageId | undefined
  onOpenThread: ((view: MessageView) => void) | undefined
}

function Row({ item, now, goalId, onOpenThread }: RowProps): ReactNode {
  if (item === undefined) return null
  if (item.kind === 'day') {
    return <h3 className={styles.day}>{formatDay(item.time, now)}</h3>
  }
  const { view, isContinuation } = item
  return (
    <MessageRow
      view={view}
      isContinuation={isContinuation}
      isGoal={view.id === goalId}
      onOpenThread={onOpenThread}
    />
  )
}

/** Reads what others write to people who do not see it come. */
function Announcer({ newest }: { newest: MessageItem | undefined }): ReactNode {
  const { facts } = useConversationView()
  const { byId } = usePeople()
  const plainText = usePlainText()
  const [first] = useState(newest?.key)
  const isNew =
    newest?.kind === 'message' &&
    newest.key !== first &&
    newest.view.record.authorId !== facts.actor.userId
  return (
    <output>
      <VisuallyHidden>
        {isNew
          ? `${nameOf(newest.view.record.authorId, byId)}: ${plainText(newest.view.record.content)}`
          : ''}
      </VisuallyHidden>
    </output>
  )
}
