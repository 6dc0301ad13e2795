/**
 * Reads again what is unread where something arrived, some seconds later and once for all that came
 * meanwhile: in a busy channel every browser would else ask at every message.
 */
import type { ConversationId } from '../../shared/ids.ts'

export interface RefreshReadingsDeps {
  /** Reads one conversation again. */
  refresh: (conversationId: ConversationId) => void
  /** Reads all of them again. */
  refreshAll: () => void
  /** What is read there is about to be told, and the answer says what is unread. */
  isDue: (conversationId: ConversationId) => boolean
  /** Nobody looks at this page: there is no hurry. */
  isHidden: () => boolean
  /** From 0 to 1: browsers that hear of the same message do not all ask at once. */
  random: () => number
}

export interface RefreshReadings {
  /** Something arrived there. */
  note: (conversationId: ConversationId) => void
  /** What is unread there is known as of now. */
  forget: (conversationId: ConversationId) => void
  close: () => void
}

const DELAY_MS = 2_000
const HIDDEN_DELAY_MS = 10_000
/** So many are read one by one; of more, the lists are read. */
const MAX_SINGLE = 4

export function createRefreshReadings(deps: RefreshReadingsDeps): RefreshReadings {
  let noted = new Set<ConversationId>()
  let timer: ReturnType<typeof setTimeout> | undefined

  function refresh(): void {
    timer = undefined
    const ids = [...noted].filter((id) => !deps.isDue(id))
    noted = new Set()
    if (ids.length > MAX_SINGLE) deps.refreshAll()
    else ids.forEach(deps.refresh)
  }

  return {
    note(conversationId) {
      noted.add(conversationId)
      const delayMs = deps.isHidden() ? HIDDEN_DELAY_MS : DELAY_MS
      timer ??= setTimeout(refresh, delayMs * (1 + deps.random()))
    },
    forget: (conversationId) => void noted.delete(conversationId),
    close: () => clearTimeout(timer),
  }
}
