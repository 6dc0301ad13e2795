/**
 * One thread that searches. SQLite cannot be told to stop, so a search that takes far too long ends its
 * thread; the next search gets a new one.
 */
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { SearchMessagesResponse } from '../../../shared/api/search.ts'
import { AppError } from '../../../shared/errors.ts'
import type { SearchAnswer, SearchTask, SearchThreadData } from './search-tasks.ts'

export interface SearchThread {
  /**
   * One search at a time. Throws AppError `try_again` when it takes longer than `hardMs`, and
   * `invalid_request` for a cursor that no search gave.
   */
  run: (request: SearchTask['request'], hardMs: number) => Promise<SearchMessagesResponse>
  /** Nobody waits for the search that runs: it stops where it can, and its answer means nothing. */
  abandon: () => void
  /** The search that runs is told that the server shuts down. */
  close: () => Promise<void>
}

interface Running {
  number: number
  timer: NodeJS.Timeout
  resolve: (response: SearchMessagesResponse) => void
  reject: (error: Error) => void
}

const script = join(import.meta.dirname, 'search-worker.ts')

/** The thread is started by its first search. */
export function createSearchThread(databasePath: string): SearchThread {
  /** The number of the search that nobody waits for. */
  const abandoned = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const workerData: SearchThreadData = { databasePath, abandoned }
  let worker: Worker | undefined
  let running: Running | undefined
  let count = 0

  function start(): Worker {
    const started = new Worker(script, { workerData })
    started.unref()
    started.on('message', (answer: SearchAnswer) => {
      if (running?.number === answer.number) tell(finish(), answer)
    })
    // Whatever ends a thread ends its search alone.
    started.on('error', (error) => lose(started, error))
    started.on('exit', () => lose(started, new Error('The thread that searches has ended')))
    return started
  }

  function lose(lost: Worker, error: Error): void {
    if (worker !== lost) return
    worker = undefined
    finish()?.reject(error)
  }

  function finish(): Running | undefined {
    const finished = running
    running = undefined
    clearTimeout(finished?.timer)
    return finished
  }

  async function end(error: AppError): Promise<void> {
    const ended = worker
    worker = undefined
    finish()?.reject(error)
    await ended?.terminate()
  }

  return {
    run(request, hardMs) {
      const { promise, resolve, reject } = Promise.withResolvers<SearchMessagesResponse>()
      count += 1
      const endThread = (): void =>
        void end(new AppError('try_again', { message: 'This search takes too long' }))
      running = { number: count, timer: setTimeout(endThread, hardMs), resolve, reject }
      worker ??= start()
      worker.postMessage({ number: count, request } satisfies SearchTask)
      return promise
    },
    abandon: () => void Atomics.store(abandoned, 0, running?.number ?? 0),
    close: () => end(new AppError('shutting_down')),
  }
}

function tell(finished: Running | undefined, answer: SearchAnswer): void {
  if ('response' in answer) finished?.resolve(answer.response)
  else if ('refusal' in answer) {
    finished?.reject(new AppError(answer.refusal, { message: answer.message }))
  } else finished?.reject(new Error(answer.fault))
}
