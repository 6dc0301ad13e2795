/** Keeps what is unread in step: tells the server what is read here, and asks it what arrived. */
import type { QueryClient } from '@tanstack/react-query'
import type { ConversationId } from '../../shared/ids.ts'
import { sendReadMark, setMarkReadCommand } from './mark-read-command.ts'
import { queryKeys } from './query-keys.ts'
import { createReadMarks, type ReadMark } from './read-marks.ts'
import { refreshConversation } from './reading-cache.ts'
import { createRefreshReadings } from './refresh-readings.ts'

export interface Readings {
  /** This was read, here and now. */
  mark: (mark: ReadMark) => void
  /** Something arrived there, or was read on another device. */
  note: (conversationId: ConversationId) => void
  close: () => void
}

export function openReadings(queryClient: QueryClient): Readings {
  const marks = createReadMarks((mark) => sendReadMark(queryClient, mark))
  const lists = [queryKeys.channels, queryKeys.dms]
  const refresher = createRefreshReadings({
    // It is asked again with the next that arrives, and all is read anew after a reconnect.
    refresh: (id) => void refreshConversation(queryClient, id).catch(() => undefined),
    refreshAll: () => {
      for (const queryKey of lists) void queryClient.invalidateQueries({ queryKey })
    },
    isDue: marks.isDue,
    isHidden: () => globalThis.document.visibilityState === 'hidden',
    random: Math.random,
  })
  setMarkReadCommand(queryClient, (conversationId) => {
    // A list that is on its way may have been counted before.
    const isListing = lists.some((queryKey) => queryClient.isFetching({ queryKey }) > 0)
    if (isListing) refresher.note(conversationId)
    else refresher.forget(conversationId)
  })
  globalThis.addEventListener('pagehide', marks.flush)
  return {
    mark: marks.mark,
    note: refresher.note,
    close() {
      globalThis.removeEventListener('pagehide', marks.flush)
      marks.flush()
      refresher.close()
    },
  }
}
