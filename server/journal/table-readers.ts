/** Who waits until all that was accepted for a document is in the tables. */
import { AppError } from '../../shared/errors.ts'
import { isStorageFull } from '../database/open-database.ts'
import type { ProjectionQueue } from '../projection/projection-queue.ts'

export interface TableReaders {
  /** Rejects with AppError when the rows have to wait for the disk or for a repair. */
  wait: (documentName: string) => Promise<void>
  /** Answers everybody whose document is projected, or cannot be. */
  answer: () => void
}

interface Reader {
  documentName: string
  /** What is accepted later is nothing that they wait for, or a busy document would answer nobody. */
  seq: number
  resolve: () => void
  reject: (error: Error) => void
}

export function createTableReaders(
  projection: Pick<ProjectionQueue, 'newestSeq' | 'stateOf'>,
): TableReaders {
  let readers: Reader[] = []
  return {
    wait: (documentName) =>
      new Promise((resolve, reject) => {
        const seq = projection.newestSeq(documentName)
        readers.push({ documentName, seq, resolve, reject })
      }),
    answer() {
      const asking = readers
      readers = []
      for (const reader of asking) {
        const state = projection.stateOf(reader.documentName, reader.seq)
        if (state.is === 'complete') reader.resolve()
        else if (state.is === 'waiting') readers.push(reader)
        else {
          const code = isStorageFull(state.error) ? 'storage_full' : 'try_again'
          reader.reject(new AppError(code, { cause: state.error, details: { code } }))
        }
      }
    },
  }
}
