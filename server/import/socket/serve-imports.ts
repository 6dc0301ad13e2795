/**
 * Takes imports from a command on the same machine while the server runs, over a socket in the
 * data directory that its owner alone can open: who can is the server's own administrator. It
 * takes nothing but what an import writes, and writes through the same door as everybody.
 */
import { rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { listenPrivately } from '../../local-socket/listen-privately.ts'
import type { ImportTarget } from '../import-target.ts'
import {
  directoryRequestSchema,
  historyRequestSchema,
  MAX_BODY_BYTES,
  noteRequestSchema,
  peopleRequestSchema,
  SOCKET_NAME,
  wireToMessage,
} from './import-protocol.ts'

export interface ImportDoor {
  /** Ends the part that is being written, then takes no more; removes the socket. */
  close: () => Promise<void>
}

export interface ServeImportsDeps {
  /** Locked by this process. */
  dataDir: string
  target: ImportTarget
  onUnexpected: (error: unknown) => void
}

interface Answer {
  status: number
  body: unknown
}

type Handle = (body: unknown, signal: AbortSignal) => Promise<unknown>

/** Throws when the system does not let it listen, as it does where the path is too long. */
export async function serveImports(deps: ServeImportsDeps): Promise<ImportDoor> {
  const { dataDir, onUnexpected } = deps
  const handlers = createHandlers(deps.target)
  const stop = new AbortController()
  // One write at a time: the target's rests are for all of them together.
  let last: Promise<unknown> = Promise.resolve()

  async function answer(request: IncomingMessage, signal: AbortSignal): Promise<Answer> {
    try {
      const handle = handlers[`${request.method ?? ''} ${request.url ?? ''}`]
      if (handle === undefined) return { status: 404, body: { problem: 'no such request' } }
      const body = await readBody(request)
      const turn = last.then(() => {
        signal.throwIfAborted()
        return handle(body, signal)
      })
      last = turn.catch(() => undefined)
      return { status: 200, body: await turn }
    } catch (error) {
      if (stop.signal.aborted) return { status: 503, body: { problem: 'the server is stopping' } }
      if (signal.aborted) return { status: 499, body: { problem: 'nobody waits for this' } }
      const status = statusOf(error)
      if (status === 500) onUnexpected(error)
      return { status, body: { problem: describe(error) } }
    }
  }

  const server = createServer((request, response) => {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    void answer(request, AbortSignal.any([gone.signal, stop.signal])).then((made) =>
      send(response, made),
    )
  })
  const path = join(dataDir, SOCKET_NAME)
  await listenPrivately(server, dataDir, path)

  return {
    async close() {
      stop.abort()
      rmSync(path, { force: true })
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await last
      server.closeAllConnections()
      await closed
    },
  }
}

function createHandlers(target: ImportTarget): Partial<Record<string, Handle>> {
  return {
    async 'POST /note'(body) {
      await target.note(noteRequestSchema.parse(body))
      return {}
    },
    async 'POST /people'(body) {
      const { people } = peopleRequestSchema.parse(body)
      return { here: [...(await target.findPeopleHere(people))] }
    },
    'POST /directory': (body) => target.writeDirectory(directoryRequestSchema.parse(body)),
    'POST /history'(body, signal) {
      const { conversation, messages } = historyRequestSchema.parse(body)
      return target.writeHistory(conversation, messages.map(wireToMessage), { signal })
    },
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const sizeBytes = Number(request.headers['content-length'])
  if (!(sizeBytes <= MAX_BODY_BYTES)) throw new AppError('payload_too_large')
  try {
    return JSON.parse((await buffer(request)).toString('utf8'))
  } catch (cause) {
    throw new AppError('invalid_request', { cause })
  }
}

function send(response: ServerResponse, { status, body }: Answer): void {
  // What was not read of a request would be taken for the next one.
  const ending = status === 200 ? {} : { connection: 'close' }
  response.writeHead(status, { 'content-type': 'application/json', ...ending })
  response.end(JSON.stringify(body))
}

function statusOf(error: unknown): number {
  if (error instanceof z.ZodError) return 400
  if (!(error instanceof AppError)) return 500
  if (error.code === 'payload_too_large') return 413
  return error.code === 'invalid_request' ? 400 : 503
}

function describe(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error).slice(0, 1_000)
  return error instanceof Error ? error.message : 'an unexpected fault'
}
