/**
 * Which of the server's clientIDs a write of its own takes, and when. Two writes that took the same next
 * clock of a clientID would contradict each other, so each clientID has a lane, in which one follows the
 * other. Posts that come at once take several lanes, and so share a batch.
 */
import type { Journal } from './journal.ts'

/** Asks for the clientID where it is needed: making one may find no space on the disk. */
type Write = (clientId: () => number) => Promise<void>

export interface WriteLanes {
  /** After all others that go in turn: for what is decided by what stands there. */
  inTurn: (documentName: string, write: Write) => Promise<void>
  /** Beside the others where there are any. */
  beside: (documentName: string, write: Write) => Promise<void>
}

interface Lane {
  last: Promise<void>
  writes: number
}

interface Lanes {
  lanes: Lane[]
  /** Of every lane but the first, by its number - 1; read when they are needed. */
  clientIds: (number | undefined)[] | undefined
}

/** Each clientID makes every later change of a document dearer: so many share batches well enough. */
const MAX_LANES = 16

export function createWriteLanes(
  journal: Pick<Journal, 'serverClientId' | 'moreServerClientIds' | 'drawClientId'>,
): WriteLanes {
  const byDocument = new Map<string, Lanes>()

  function clientIdOf(documentName: string, open: Lanes, number: number): number {
    if (number === 0) return journal.serverClientId(documentName)
    open.clientIds ??= journal.moreServerClientIds(documentName)
    const known = open.clientIds[number - 1]
    if (known !== undefined) return known
    let drawn = journal.drawClientId(documentName)
    // It is bound with its first write, which may not have come yet.
    while (open.clientIds.includes(drawn)) drawn = journal.drawClientId(documentName)
    open.clientIds[number - 1] = drawn
    return drawn
  }

  async function runIn(documentName: string, number: number, write: Write): Promise<void> {
    const open = openLanes(documentName)
    const lane = open.lanes[number] ?? { last: Promise.resolve(), writes: 0 }
    open.lanes[number] = lane
    lane.writes += 1
    const run = (): Promise<void> => write(() => clientIdOf(documentName, open, number))
    const current = lane.last.then(run, run)
    lane.last = current
    try {
      await current
    } finally {
      lane.writes -= 1
      const isQuiet = open.lanes.every(({ writes }) => writes === 0)
      if (isQuiet) byDocument.delete(documentName)
    }
  }

  function openLanes(documentName: string): Lanes {
    const open = byDocument.get(documentName) ?? { lanes: [], clientIds: undefined }
    byDocument.set(documentName, open)
    return open
  }

  return {
    inTurn: (documentName, write) => runIn(documentName, 0, write),
    beside(documentName, write) {
      const { lanes } = openLanes(documentName)
      const counts = lanes.map(({ writes }) => writes)
      const fewest = lanes.length < MAX_LANES ? 0 : Math.min(...counts)
      const found = counts.indexOf(fewest)
      // The first that is idle: whoever writes alone stays with one clientID.
      return runIn(documentName, found === -1 ? lanes.length : found, write)
    },
  }
}
