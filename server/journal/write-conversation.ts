/**
 * Server-made writes: the edits of a REST request or an import become update bytes under the
 * document's server clientID and go through the same door as a browser's.
 */
import { encodeEdits } from '../../shared/document/encode-edits.ts'
import { formatConversationName } from '../../shared/document/names.ts'
import type { RecordEdit } from '../../shared/document/record-edit.ts'
import { AppError } from '../../shared/errors.ts'
import type { ConversationWriter } from '../commands/conversation-writer.ts'
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

/** Edits per update: an update is applied in one go, and browsers have to take it in one go. */
const EDITS_PER_UPDATE = 500

export function createConversationWriter(deps: ConversationWriterDeps): ConversationWriter {
  const { admission, journal, documents, withDocument } = deps
  // Two writes that took the same next clock of the server's clientID would contradict each other.
  const lastWrite = new Map<string, Promise<void>>()

  async function admitEdits(
    name: string,
    actor: Parameters<ConversationWriter['write']>[1],
    edits: readonly RecordEdit[],
  ): Promise<void> {
    const live = documents.get(name)
    if (live === undefined) throw new AppError('try_again')
    const clientId = journal.serverClientId(name)
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
          for (let start = 0; start < edits.length; start += EDITS_PER_UPDATE) {
            await admitEdits(name, actor, edits.slice(start, start + EDITS_PER_UPDATE))
          }
        }),
      )
      await admission.projected()
    },
  }
}
