/**
 * The door to the threads that search. A person has one search running and one in line; a newer one
 * takes the place of the one in line, so nobody's searches keep others from theirs. The line has an end,
 * and nobody waits in it for long.
 */
import { availableParallelism } from 'node:os'
import type { SearchMessagesQuery, SearchMessagesResponse } from '../../../shared/api/search.ts'
import { AppError } from '../../../shared/errors.ts'
import type { UserId } from '../../../shared/ids.ts'
import { requireRate, type Rate } from '../../../shared/rate-limit.ts'
import { createSearchThread, type SearchThread } from './search-thread.ts'

export interface Search {
  /**
   * Throws AppError `rate_limited` when somebody asks too often, or asked something else before this
   * one's turn came; `try_again` when too many search at once or this search takes too long, or when
   * `signal` tells that nobody waits for the answer; `invalid_request` for a cursor that no search gave.
   */
  search: (
    userId: UserId,
    query: SearchMessagesQuery,
    signal?: AbortSignal,
  ) => Promise<SearchMessagesResponse>
  /** Ends the threads; who waits is told that the server shuts down. Nothing is searched afterwards. */
  close: () => Promise<void>
}

export interface SearchDeps {
  databasePath: string
  now: () => number
  /** Counts the searches of each person. */
  rate: Rate
  threads?: number
  limits?: SearchLimits
}

export interface SearchLimits {
  /** After so long a search answers with what it has found. */
  softMs: number
  /** After so long its thread is ended. */
  hardMs: number
  /** Nobody waits longer for their turn. */
  lineMs: number
  /** So many may wait. */
  waiting: number
}

const defaultLimits: SearchLimits = { softMs: 1_000, hardMs: 5_000, lineMs: 5_000, waiting: 100 }
const MOST_THREADS = 4

/** Deliveries have a core for themselves where there are two. */
export function searchThreadCount(cores: number): number {
  return Math.min(MOST_THREADS, Math.max(1, cores - 1))
}

interface Asked {
  userId: UserId
  query: SearchMessagesQuery
  /** ms UTC. */
  askedAt: number
  resolve: (response: SearchMessagesResponse) => void
  reject: (error: Error) => void
}

export function createSearch(deps: SearchDeps): Search {
  const { databasePath, now, rate, limits = defaultLimits } = deps
  const { threads: count = searchThreadCount(availableParallelism()) } = deps
  const threads = Array.from({ length: count }, () => createSearchThread(databasePath))
  const idle = [...threads]
  const running = new Map<Asked, SearchThread>()
  const line: Asked[] = []
  let isClosed = false

  function isRunning(userId: UserId): boolean {
    return [...running.keys()].some((asked) => asked.userId === userId)
  }

  function startNext(): void {
    if (isClosed) return
    const at = line.findIndex(({ userId }) => !isRunning(userId))
    const asked = line[at]
    const thread = asked && idle.pop()
    if (asked === undefined || thread === undefined) return
    line.splice(at, 1)
    running.set(asked, thread)
    const { userId, query, askedAt } = asked
    const request = { userId, query, now: askedAt, timeLimitMs: limits.softMs }
    void thread
      .run(request, limits.hardMs)
      .then(asked.resolve, asked.reject)
      .finally(() => {
        running.delete(asked)
        idle.push(thread)
        startNext()
      })
  }

  function leaveLine(asked: Asked, error: AppError): void {
    const at = line.indexOf(asked)
    if (at < 0) return
    line.splice(at, 1)
    asked.reject(error)
  }

  /** Makes place for a search of this person. */
  function enterLine(asked: Asked): void {
    const older = line.find(({ userId }) => userId === asked.userId)
    const message = 'You have searched for something else since'
    if (older !== undefined) leaveLine(older, new AppError('rate_limited', { message }))
    if (idle.length === 0 && line.length >= limits.waiting) throw new AppError('try_again')
    line.push(asked)
    startNext()
  }

  return {
    async search(userId, query, signal) {
      if (isClosed) throw new AppError('shutting_down')
      requireRate([rate, userId])
      const { promise, resolve, reject } = Promise.withResolvers<SearchMessagesResponse>()
      const asked: Asked = { userId, query, askedAt: now(), resolve, reject }
      const message = 'Too many people are searching'
      const leave = (): void => leaveLine(asked, new AppError('try_again', { message }))
      const timer = setTimeout(leave, limits.lineMs)
      const abandon = (): void => {
        leave()
        running.get(asked)?.abandon()
      }
      signal?.addEventListener('abort', abandon)
      try {
        enterLine(asked)
        return await promise
      } finally {
        clearTimeout(timer)
        signal?.removeEventListener('abort', abandon)
      }
    },
    async close() {
      isClosed = true
      for (const asked of [...line]) leaveLine(asked, new AppError('shutting_down'))
      await Promise.all(threads.map((thread) => thread.close()))
    },
  }
}
