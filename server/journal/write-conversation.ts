/**
 * Server-made writes: the edits of a REST request or an import become update bytes under the
 * document's server clientID and go through the same door as a browser's.
 */
import type * as Y from 'yjs'
import { encodeEdits } from '../../shared/document/encode-edits.ts'
import { rootMap, type RootName } from '../../shared/document/layout.ts'
import { formatConversationName } from '../../shared/document/names.ts'
import type { RecordEdit } from '../../shared/document/record-edit.ts'
import { AppError } from '../../shared/errors.ts'
import type { Actor } from '../../shared/guard/actor.ts'
import type { ConversationWriter, Decide } from '../commands/conversation-writer.ts'
import { isStorageFull } from '../database/open-database.ts'
import type { Admission } from './admission.ts'
import type { Journal } from './journal.ts'
import type { LiveDocuments } from './live-documents.ts'
import type { Segments } from './segments.ts'
import { createWriteLanes, type WriteLanes } from './write-lanes.ts'

export interface ConversationWriterDeps {
  admission: Admission
  journal: Journal
  documents: LiveDocuments
  segments: Segments
  /** Keeps the document in memory while `use` runs. */
  withDocument: <Result>(name: string, use: () => Promise<Result>) => Promise<Result>
}

export interface DocumentWriter extends ConversationWriter {
  /** Writes to one document as the server; resolves when the edits are on disk and in the tables. */
  writeAsServer: (documentName: string, edits: readonly RecordEdit[]) => Promise<void>
}

/** Per update: it is judged, applied and sent to browsers in one go. */
const MAX_EDITS = 500
const MAX_BYTES = 524_288
/** How often a change is decided anew when browsers are quicker each time. */
const MAX_DECISIONS = 5

export function createConversationWriter(deps: ConversationWriterDeps): DocumentWriter {
  const { admission, journal, documents, segments, withDocument } = deps
  const lanes = createWriteLanes(journal)

  async function admitChange({ name, actor, clientId, decide }: Change): Promise<void> {
    for (let decision = 0; decision < MAX_DECISIONS; decision += 1) {
      const live = documents.get(name)
      if (live === undefined) throw new AppError('try_again')
      const reading = createReading(live.document)
      const edits = decide(reading.read)
      if (edits.length === 0) return
      const update = encodeEdits({
        document: live.document,
        clientId: requireSpace(clientId),
        edits,
      })
      const { stillHolds } = reading
      try {
        await admission.admit({ documentName: name, update, actor, writer: 'server', stillHolds })
        return
      } catch (error) {
        if (!reading.isStale()) throw error
      }
    }
    throw new AppError('try_again')
  }

  async function writeTo({ name, actor, edits, lane }: Writing): Promise<void> {
    await withDocument(name, () =>
      lane(name, async (clientId) => {
        for (const part of partsOf(edits)) {
          await admitChange({ name, actor, clientId, decide: () => part })
        }
      }),
    )
    await admission.projected(name)
  }

  return {
    write(conversation, actor, edits) {
      const name = formatConversationName(conversation, segments.newest(conversation))
      return writeTo({ name, actor, edits, lane: lanes.beside })
    },
    async change({ conversation, segment }, actor, decide) {
      const name = formatConversationName(conversation, segment)
      await withDocument(name, () =>
        lanes.inTurn(name, (clientId) => admitChange({ name, actor, clientId, decide })),
      )
      await admission.projected(name)
    },
    writeAsServer: (name, edits) =>
      writeTo({ name, actor: { kind: 'server' }, edits, lane: lanes.inTurn }),
  }
}

interface Change {
  name: string
  actor: Actor
  clientId: () => number
  decide: Decide
}

interface Writing {
  name: string
  actor: Actor
  edits: readonly RecordEdit[]
  lane: WriteLanes['beside']
}

/** Remembers what was read of a document, to tell whether it still stands there. */
function createReading(document: Y.Doc) {
  const seen: { root: RootName; key: string; value: unknown }[] = []
  let isStale = false
  return {
    read(root: RootName, key: string): unknown {
      const value = rootMap(document, root).get(key)
      seen.push({ root, key, value })
      return value
    },
    // A record's value is one and the same object until somebody writes another in its place.
    stillHolds(current: Y.Doc): boolean {
      isStale = seen.some(({ root, key, value }) => rootMap(current, root).get(key) !== value)
      return !isStale
    },
    isStale: () => isStale,
  }
}

function partsOf(edits: readonly RecordEdit[]): RecordEdit[][] {
  const parts: RecordEdit[][] = []
  let sizeBytes = 0
  for (const edit of edits) {
    const editBytes = Buffer.byteLength(JSON.stringify(edit))
    const part = parts.at(-1)
    if (part === undefined || part.length === MAX_EDITS || sizeBytes + editBytes > MAX_BYTES) {
      parts.push([edit])
      sizeBytes = editBytes
    } else {
      part.push(edit)
      sizeBytes += editBytes
    }
  }
  return parts
}

/** The server's clientID is made with the document: a full disk shows here first. */
function requireSpace<Result>(write: () => Result): Result {
  try {
    return write()
  } catch (cause) {
    throw isStorageFull(cause) ? new AppError('storage_full', { cause }) : cause
  }
}
