/**
 * Makes room on a full disk: gives up copies of older segments, the oldest first, which the server
 * has and nobody looks at. What was typed comes before what can be fetched again.
 */
import { deleteDB } from 'idb'
import { formatConversationName } from '../../../shared/document/names.ts'
import type { KnownSegments } from '../known-segments.ts'
import { answerInTime } from './answer-in-time.ts'

export interface GiveUpDeps {
  segments: KnownSegments
  /** Whether a document is in use, or something of it waits for delivery. */
  isNeeded: (documentName: string) => boolean
  databaseName: (documentName: string) => string
}

/** A segment takes some hundred kilobytes, far more than what is typed at once. */
const AT_ONCE = 4

/** Answers how many copies were given up. */
export async function giveUpCopies(deps: GiveUpDeps): Promise<number> {
  const { segments, isNeeded, databaseName } = deps
  const chosen = segments
    .copied()
    .map((each) => ({ ...each, name: formatConversationName(each.conversation, each.segment) }))
    .filter(({ name }) => !isNeeded(name))
    .slice(0, AT_ONCE)
  for (const { conversation, segment } of chosen) segments.noteLost(conversation, segment)
  // In time: another window may hold on to a copy.
  await Promise.all(chosen.map(({ name }) => answerInTime(deleteDB(databaseName(name)))))
  return chosen.length
}
