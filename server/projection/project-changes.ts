/**
 * Record changes -> rows. The same function runs live, in recovery and in a rebuild, within the
 * caller's transaction. Applying a change a second time leaves the rows as they are.
 */
import { parseDocumentName } from '../../shared/document/names.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { createMessageProjector } from './project-message.ts'
import { createPinProjector } from './project-pin.ts'
import { createReactionProjector } from './project-reaction.ts'
import { createSearchProjector } from './project-search.ts'
import { createSegmentProjector } from './project-segment.ts'
import type { ProjectionEntry } from './projection-queue.ts'

export type ProjectChanges = (entry: Omit<ProjectionEntry, 'seq'>) => void

export function createProjectChanges(sqlite: SqliteConnection): ProjectChanges {
  const projectMessage = createMessageProjector(sqlite)
  const projectReaction = createReactionProjector(sqlite)
  const projectPin = createPinProjector(sqlite)
  const projectSegment = createSegmentProjector(sqlite)
  const projectSearch = createSearchProjector(sqlite)
  return ({ documentName, changes, isServerMade, receivedAt }) => {
    const address = parseDocumentName(documentName)
    if (address?.kind !== 'conversation') return
    const { conversation, segment } = address
    for (const { root, key, after } of changes) {
      switch (root) {
        case 'messages':
          projectMessage({ conversation, segment, id: key, after, isServerMade, receivedAt })
          break
        case 'reactions':
          projectReaction(conversation.id, key, after)
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
  }
}
