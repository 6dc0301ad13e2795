/**
 * Takes the `user` command's requests while the server runs, so that what it changes is in force on
 * open connections at once (P7). The socket is its owner's alone.
 */
import { rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../../shared/errors.ts'
import { listenPrivately } from '../../local-socket/listen-privately.ts'
import { exportSomebody, managePeople, type ManagePeopleDeps } from './manage-people.ts'
import {
  MAX_BODY_BYTES,
  peopleRequestSchema,
  SOCKET_NAME,
  type PeopleRequest,
} from './people-protocol.ts'

const HEADERS = { 'content-type': 'application/json', connection: 'close' }

export interface PeopleDoor {
  close: () => Promise<void>
}

export interface ServePeopleDeps extends ManagePeopleDeps {
  /** Locked by this process. */
  dataDir: string
  onUnexpected: (error: unknown) => void
}

/** Without it the server runs all the same, and the command needs it stopped: answers undefined. */
export async function servePeople(deps: ServePeopleDeps): Promise<PeopleDoor | undefined> {
  const { dataDir, onUnexpected } = deps

  function send(response: ServerResponse, status: number, body: unknown): void {
    response.writeHead(status, HEADERS)
    response.end(JSON.stringify(body))
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await readRequest(request)
    if (asked.command !== 'export') return send(response, 200, managePeople(deps, asked))
    const parts = exportSomebody(deps, asked.who)
    response.writeHead(200, HEADERS)
    // Read from the store as it goes out: it may be longer than what fits into memory.
    try {
      await pipeline(Readable.from(parts, { highWaterMark: 1 }), response)
    } catch (error) {
      if (!isBrokenOff(error)) throw error
    }
  }

  function refuse(response: ServerResponse, error: unknown): void {
    const isExpected = error instanceof AppError
    if (!isExpected) onUnexpected(error)
    // What was cut off must not look whole.
    if (response.headersSent) response.destroy()
    else if (isExpected) send(response, 400, { code: error.code, message: error.message })
    else send(response, 500, { code: 'internal', message: 'an unexpected fault' })
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => refuse(response, error))
  })
  const path = join(dataDir, SOCKET_NAME)
  try {
    await listenPrivately(server, dataDir, path)
  } catch (error) {
    onUnexpected(error)
    return undefined
  }
  return {
    async close() {
      rmSync(path, { force: true })
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

/** Whoever asked has gone; that is no fault. */
function isBrokenOff(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'
}

async function readRequest(request: IncomingMessage): Promise<PeopleRequest> {
  const sizeBytes = Number(request.headers['content-length'])
  if (!(sizeBytes <= MAX_BODY_BYTES)) throw new AppError('payload_too_large')
  try {
    return peopleRequestSchema.parse(JSON.parse((await buffer(request)).toString('utf8')))
  } catch (cause) {
    throw new AppError('invalid_request', { cause })
  }
}
