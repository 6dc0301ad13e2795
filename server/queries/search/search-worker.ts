/**
 * A thread that searches, with a connection of its own that only reads: whatever a search costs,
 * messages are delivered meanwhile. Answers one request after the other.
 */
import { constants, setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { AppError } from '../../../shared/errors.ts'
import { openReadOnly } from '../../database/open-database.ts'
import type { SearchAnswer, SearchTask, SearchThreadData } from './search-tasks.ts'
import { searchMessages } from './search-messages.ts'

const { databasePath, abandoned } = workerData as SearchThreadData // what search-thread.ts gives it
const sqlite = openReadOnly(databasePath)
// Where cores are few, deliveries go first. On Linux this is the thread's own priority; elsewhere it
// would be the whole process's.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

parentPort?.on('message', ({ number, request }: SearchTask) => {
  parentPort?.postMessage(answer(number, request))
})

function answer(number: number, request: SearchTask['request']): SearchAnswer {
  try {
    const isAbandoned = (): boolean => Atomics.load(abandoned, 0) === number
    return { number, response: searchMessages(sqlite, { ...request, isAbandoned }) }
  } catch (error) {
    if (error instanceof AppError) return { number, refusal: error.code, message: error.message }
    return {
      number,
      fault: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }
  }
}
