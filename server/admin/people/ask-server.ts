/** Asks the running server, over the socket in its data directory. */
import { request, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { AppError } from '../../../shared/errors.ts'
import {
  peopleAnswerSchema,
  peopleProblemSchema,
  SOCKET_NAME,
  type ExportRequest,
  type ManageRequest,
  type PeopleAnswer,
  type PeopleRequest,
} from './people-protocol.ts'

/** Undefined when no server answers there; throws AppError for its noes. */
export async function askServer(
  dataDir: string,
  asked: ManageRequest,
): Promise<PeopleAnswer | undefined> {
  const answer = await send(dataDir, asked)
  return answer && peopleAnswerSchema.parse(JSON.parse(await text(answer)))
}

/** The same for the bytes of an export, which fail where they break off. */
export function askServerForExport(
  dataDir: string,
  asked: ExportRequest,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  return send(dataDir, asked)
}

async function send(dataDir: string, asked: PeopleRequest): Promise<IncomingMessage | undefined> {
  const answer = await connectTo(join(dataDir, SOCKET_NAME), JSON.stringify(asked))
  if (answer === undefined || answer.statusCode === 200) return answer
  const { code, message } = peopleProblemSchema.parse(JSON.parse(await text(answer)))
  throw new AppError(code, { message })
}

function connectTo(socketPath: string, body: string): Promise<IncomingMessage | undefined> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    let isConnected = false
    request({ socketPath, path: '/', headers, method: 'POST' }, resolve)
      .once('socket', (socket) => socket.once('connect', () => (isConnected = true)))
      .once('error', (error) => (isConnected ? reject(error) : resolve(undefined)))
      .end(body)
  })
}
