/** An import's target while no server runs: writes at full speed, in this very process. */
import type { Config } from '../config/config.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import { createSegmentRoller } from '../journal/roll-segments.ts'
import { createConversationWriter } from '../journal/write-conversation.ts'
import type { ImportTarget } from './import-target.ts'
import { fullSpeed } from './pace.ts'
import { openStoppedEngine, withStoppedDocument } from './stopped-writer.ts'
import { createStoreTarget } from './store-target.ts'

export interface StoppedTargetDeps {
  sqlite: SqliteConnection
  now: () => number
  limits: Config['limits']['segments']
}

/** For a process that holds the lock of the data directory. */
export function createStoppedTarget({ sqlite, now, limits }: StoppedTargetDeps): ImportTarget {
  const engine = openStoppedEngine(sqlite, now)
  const { segments, documents } = engine
  // Each document is held open around all parts of its history.
  const withDocument = <Result>(name: string, use: () => Promise<Result>): Promise<Result> =>
    documents.get(name) === undefined ? withStoppedDocument(engine, name, use) : use()
  const { writeAsServer } = createConversationWriter({ ...engine, withDocument })
  const roller = createSegmentRoller({
    limits,
    segments,
    write: writeAsServer,
    onUnexpected: (error) => {
      throw error
    },
  })
  return createStoreTarget({
    ...{ sqlite, now, engine, writeAsServer, withDocument, roller, limits },
    pace: fullSpeed,
  })
}
