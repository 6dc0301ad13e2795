/** Of all messages the Tab key stops at one, and at the controls in it; the arrow keys choose which. */
import { createContext, use } from 'react'

/** Whether this message is the one; outside of lists of messages everything is. */
export const TabStopContext = createContext(true)

/** The tabIndex of a control within a message. */
export function useTabIndex(): 0 | -1 {
  return use(TabStopContext) ? 0 : -1
}
