/**
 * Takes the `user` command's requests while the server runs, so that what it changes is in force on
 * open connections at once (P7). The socket is its owner's alone.
 */
import { rmSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { AppError } from '../../../shared/errors.ts'
import { listenPrivately } from '../../local-socket/listen-privately.ts'
import { managePeople, type ManagePeopleDeps } from './manage-people.ts'
import { MAX_BODY_BYTES, peopleRequestSchema, SOCKET_NAME } from './people-protocol.ts'

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

  async function answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    try {
      return { status: 200, body: managePeople(deps, await readRequest(request)) }
    } catch (error) {
      if (error instanceof AppError) {
        return { status: 400, body: { code: error.code, message: error.message } }
      }
      onUnexpected(error)
      return { status: 500, body: { code: 'internal', message: 'an unexpected fault' } }
    }
  }

  const server = createServer((request, response) => {
    void answer(request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
      response.end(JSON.stringify(body))
    })
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

async function readRequest(
  request: IncomingMessage,
): Promise<ReturnType<typeof peopleRequestSchema.parse>> {
  const sizeBytes = Number(request.headers['content-length'])
  if (!(sizeBytes <= MAX_BODY_BYTES)) throw new AppError('payload_too_large')
  try {
    return peopleRequestSchema.parse(JSON.parse((await buffer(request)).toString('utf8')))
  } catch (cause) {
    throw new AppError('invalid_request', { cause })
  }
}
