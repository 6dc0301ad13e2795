/** Asks the running server, over the socket in its data directory. */
import { request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { AppError } from '../../../shared/errors.ts'
import {
  peopleAnswerSchema,
  peopleProblemSchema,
  SOCKET_NAME,
  type PeopleAnswer,
  type PeopleRequest,
} from './people-protocol.ts'

/** Undefined when no server answers there; throws AppError for its noes. */
export async function askServer(
  dataDir: string,
  asked: PeopleRequest,
): Promise<PeopleAnswer | undefined> {
  const answer = await send(join(dataDir, SOCKET_NAME), JSON.stringify(asked))
  if (answer === undefined) return undefined
  if (answer.status === 200) return peopleAnswerSchema.parse(answer.body)
  const { code, message } = peopleProblemSchema.parse(answer.body)
  throw new AppError(code, { message })
}

function send(
  socketPath: string,
  body: string,
): Promise<{ status: number; body: unknown } | undefined> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    let isConnected = false
    request({ socketPath, path: '/', headers, method: 'POST' }, (response) => {
      text(response).then(
        (read) => resolve({ status: response.statusCode ?? 0, body: JSON.parse(read) }),
        reject,
      )
    })
      .once('socket', (socket) => socket.once('connect', () => (isConnected = true)))
      .once('error', (error) => (isConnected ? reject(error) : resolve(undefined)))
      .end(body)
  })
}
