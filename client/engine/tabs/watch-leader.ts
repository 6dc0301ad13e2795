/**
 * Whether this tab, while it is in sight, can go on depending on the one that leads. Browsers
 * freeze tabs that nobody sees, and a frozen tab keeps its lock; before that they slow its timers
 * down so much that its connection breaks. Counts questions rather than time: after a sleep of the
 * whole device, time alone would call every tab silent.
 */
import type { TabPlatform } from './tab-platform.ts'

export interface LeaderWatch {
  /** Something came from the leader. */
  onSign: () => void
  /** It answered, and said whether it is in sight itself. */
  onAnswer: (isLeaderVisible: boolean) => void
  stop: () => void
}

export interface LeaderWatchDeps {
  platform: Pick<TabPlatform, 'isVisible' | 'onVisibilityChange'>
  ask: () => void
  /** The leader is frozen, or soon will be: this tab had better lead. */
  onUnfit: () => void
}

const EVERY_MS = 1_000
/** So many questions in a row without a sign of life. */
const MAX_UNANSWERED = 4
/** So many answers in a row of a leader that is out of sight; browsers slow it down after 300 s. */
const MAX_HIDDEN_ANSWERS = 60

export function watchLeader(deps: LeaderWatchDeps): LeaderWatch {
  let unanswered = 0
  let hiddenAnswers = 0

  function ask(): void {
    if (!deps.platform.isVisible()) {
      unanswered = 0
      hiddenAnswers = 0
    } else if (unanswered >= MAX_UNANSWERED || hiddenAnswers >= MAX_HIDDEN_ANSWERS) {
      unanswered = 0
      hiddenAnswers = 0
      deps.onUnfit()
    } else {
      unanswered += 1
      deps.ask()
    }
  }

  const timer = setInterval(ask, EVERY_MS)
  const stopWatching = deps.platform.onVisibilityChange(ask)
  return {
    onSign() {
      unanswered = 0
    },
    onAnswer(isLeaderVisible) {
      hiddenAnswers = isLeaderVisible ? 0 : hiddenAnswers + 1
    },
    stop() {
      clearInterval(timer)
      stopWatching()
    },
  }
}
