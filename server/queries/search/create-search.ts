/**
 * The door to the thread that searches. One search runs at a time, the others wait in line; the line
 * has an end. SQLite cannot be told to stop, so a search that takes far too long ends its thread,
 * and the next one gets a new thread.
 */
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { SearchMessagesQuery, SearchMessagesResponse } from '../../../shared/api/search.ts'
import { AppError } from '../../../shared/errors.ts'
import type { UserId } from '../../../shared/ids.ts'
import { requireRate, type Rate } from '../../../shared/rate-limit.ts'
import type { SearchAnswer, SearchTask } from './search-tasks.ts'

export interface Search {
  /**
   * Throws AppError `rate_limited` when somebody asks too often, `try_again` when too many search at
   * once or this search takes too long, `invalid_request` for a cursor that no search gave.
   */
  search: (userId: UserId, query: SearchMessagesQuery) => Promise<SearchMessagesResponse>
  /** Ends the thread; who waits is told that the server shuts down. Nothing is searched afterwards. */
  close: () => Promise<void>
}

export interface SearchDeps {
  databasePath: string
  now: () => number
  /** Counts the searches of each person. */
  rate: Rate
  limits?: SearchLimits
}

export interface SearchLimits {
  /** After so long a search answers with what it has found. */
  softMs: number
  /** After so long its thread is ended. */
  hardMs: number
  /** So many may wait. */
  waiting: number
}

const defaultLimits: SearchLimits = { softMs: 1_000, hardMs: 5_000, waiting: 100 }
const script = join(import.meta.dirname, 'search-worker.ts')

interface Waiting {
  task: SearchTask
  resolve: (response: SearchMessagesResponse) => void
  reject: (error: Error) => void
}

/** The thread is started by the first search. */
export function createSearch(deps: SearchDeps): Search {
  const { databasePath, now, rate, limits = defaultLimits } = deps
  const line: Waiting[] = []
  let running: { waiting: Waiting; timer: NodeJS.Timeout } | undefined
  let worker: Worker | undefined
  let isClosed = false
  let count = 0

  function start(): Worker {
    const started = new Worker(script, { workerData: { databasePath } })
    started.unref()
    started.on('message', (answer: SearchAnswer) => {
      if (running?.waiting.task.number === answer.number) finish((waiting) => tell(waiting, answer))
    })
    // Whatever ends a thread ends its search alone; the next one gets a new thread.
    started.on('error', (error) => lose(started, error))
    started.on('exit', () => lose(started, new Error('The thread that searches has ended')))
    return started
  }

  function lose(lost: Worker, error: Error): void {
    if (worker !== lost) return
    worker = undefined
    finish(({ reject }) => reject(error))
  }

  function finish(settle: (waiting: Waiting) => void): void {
    const finished = running
    running = undefined
    if (finished !== undefined) {
      clearTimeout(finished.timer)
      settle(finished.waiting)
    }
    next()
  }

  function next(): void {
    if (running !== undefined || isClosed) return
    const waiting = line.shift()
    if (waiting === undefined) return
    const timer = setTimeout(abandon, limits.hardMs)
    running = { waiting, timer }
    worker ??= start()
    worker.postMessage(waiting.task)
  }

  function abandon(): void {
    const abandoned = worker
    worker = undefined
    void abandoned?.terminate()
    finish(({ reject }) => reject(new AppError('try_again', { message: 'This search takes long' })))
  }

  return {
    async search(userId, query) {
      if (isClosed) throw new AppError('shutting_down')
      requireRate([rate, userId])
      if (running !== undefined && line.length >= limits.waiting) throw new AppError('try_again')
      return new Promise((resolve, reject) => {
        count += 1
        const request = { userId, query, now: now(), timeLimitMs: limits.softMs }
        line.push({ task: { number: count, request }, resolve, reject })
        next()
      })
    },
    async close() {
      isClosed = true
      const ended = worker
      worker = undefined
      for (const { reject } of line.splice(0)) reject(new AppError('shutting_down'))
      finish(({ reject }) => reject(new AppError('shutting_down')))
      await ended?.terminate()
    },
  }
}

function tell({ resolve, reject }: Waiting, answer: SearchAnswer): void {
  if ('response' in answer) resolve(answer.response)
  else if ('refusal' in answer) reject(new AppError(answer.refusal, { message: answer.message }))
  else reject(new Error(answer.fault))
}
