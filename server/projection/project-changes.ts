/**
 * Record changes -> rows. The same function runs live, in recovery and in a rebuild, within the
 * caller's transaction. Applying a change a second time leaves the rows as they are.
 */
import { parseDocumentName } from '../../shared/document/names.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import {
  createNotificationProjector,
  type NotificationProjectionDeps,
} from './notify/project-notifications.ts'
import { createNoteLeftMarks } from './note-left-marks.ts'
import { createMentionProjector } from './project-mentions.ts'
import { createMessageProjector } from './project-message.ts'
import { createPinProjector } from './project-pin.ts'
import { createReactionProjector } from './project-reaction.ts'
import { createSearchProjector } from './project-search.ts'
import { createSegmentProjector } from './project-segment.ts'
import type { ProjectionEntry } from './projection-queue.ts'

export type ProjectChanges = (
  entry: Omit<ProjectionEntry, 'seq'> & {
    /** The rows are made anew, of what people know already. */
    isRebuild?: boolean
  },
) => void

export function createProjectChanges(
  sqlite: SqliteConnection,
  notifications: NotificationProjectionDeps = {},
): ProjectChanges {
  const projectMessage = createMessageProjector(sqlite)
  const projectMentions = createMentionProjector(sqlite)
  const notify = createNotificationProjector(sqlite, notifications)
  const projectReaction = createReactionProjector(sqlite)
  const projectPin = createPinProjector(sqlite)
  const projectSegment = createSegmentProjector(sqlite)
  const projectSearch = createSearchProjector(sqlite)
  const noteLeftMarks = createNoteLeftMarks(sqlite)
  return ({ documentName, changes, isServerMade, receivedAt, origin, isRebuild = false }) => {
    const address = parseDocumentName(documentName)
    if (address?.kind !== 'conversation') return
    const { conversation, segment } = address
    const isSilent = isServerMade || isRebuild
    const arrival = { conversation, isServerMade, isRebuild, receivedAt, origin }
    for (const { root, key, before, after } of changes) {
      const change = { conversation, key, before, after, isSilent, receivedAt }
      switch (root) {
        case 'messages':
          projectMessage({ ...arrival, segment, id: key, after })
          projectMentions(conversation.id, key, after)
          notify.message(change)
          break
        case 'reactions':
          projectReaction(conversation.id, key, after)
          notify.reaction(change)
          break
        case 'pins':
          projectPin(conversation.id, key, after)
          break
        case 'meta':
          projectSegment(conversation, key, after)
          break
      }
    }
    projectSearch(conversation, changes)
    noteLeftMarks(conversation, changes)
  }
}
