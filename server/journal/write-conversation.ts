/**
 * Server-made writes: the edits of a REST request or an import become update bytes under the
 * document's server clientID and go through the same door as a browser's.
 */
import { encodeEdits } from '../../shared/document/encode-edits.ts'
import { formatConversationName } from '../../shared/document/names.ts'
import type { RecordEdit } from '../../shared/document/record-edit.ts'
import { AppError } from '../../shared/errors.ts'
import type { Actor } from '../../shared/guard/actor.ts'
import type { ConversationWriter } from '../commands/conversation-writer.ts'
import { isStorageFull } from '../database/open-database.ts'
import type { Admission } from './admission.ts'
import type { Journal } from './journal.ts'
import type { LiveDocuments } from './live-documents.ts'

export interface ConversationWriterDeps {
  admission: Admission
  journal: Journal
  documents: LiveDocuments
  /** Keeps the document in memory while `use` runs. */
  withDocument: <Result>(name: string, use: () => Promise<Result>) => Promise<Result>
}

/** Per update: it is judged, applied and sent to browsers in one go. */
const MAX_EDITS = 500
const MAX_BYTES = 524_288

export function createConversationWriter(deps: ConversationWriterDeps): ConversationWriter {
  const { admission, journal, documents, withDocument } = deps
  // Two writes that took the same next clock of the server's clientID would contradict each other.
  const lastWrite = new Map<string, Promise<void>>()

  async function admitEdits(
    name: string,
    actor: Actor,
    edits: readonly RecordEdit[],
  ): Promise<void> {
    const live = documents.get(name)
    if (live === undefined) throw new AppError('try_again')
    const clientId = requireSpace(() => journal.serverClientId(name))
    const update = encodeEdits({ document: live.document, clientId, edits })
    await admission.admit({ documentName: name, update, actor, writer: 'server' })
  }

  async function inTurn(name: string, write: () => Promise<void>): Promise<void> {
    const previous = lastWrite.get(name) ?? Promise.resolve()
    const current = previous.then(write, write)
    lastWrite.set(name, current)
    try {
      await current
    } finally {
      if (lastWrite.get(name) === current) lastWrite.delete(name)
    }
  }

  return {
    async write(conversation, actor, edits) {
      const name = formatConversationName(conversation)
      await withDocument(name, () =>
        inTurn(name, async () => {
          for (const part of partsOf(edits)) await admitEdits(name, actor, part)
        }),
      )
      await admission.projected(name)
    },
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
