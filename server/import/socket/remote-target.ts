/** An import's target that is the running server, reached over the socket in its data directory. */
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { z } from 'zod'
import type { ImportTarget } from '../import-target.ts'
import type { ImportedMessage } from '../imported-records.ts'
import {
  directoryAnswerSchema,
  historyAnswerSchema,
  MAX_REQUEST_BYTES,
  MAX_REQUEST_MESSAGES,
  messageToWire,
  noteAnswerSchema,
  peopleAnswerSchema,
  problemAnswerSchema,
  SOCKET_NAME,
} from './import-protocol.ts'

/** The server went away, or could not go on; what it wrote is consistent. */
export class TargetLost extends Error {
  override readonly name = 'TargetLost'
}

export interface RemoteTarget extends ImportTarget {
  close: () => void
}

/** Undefined when no server takes imports into this data directory. */
export async function connectRemoteTarget(dataDir: string): Promise<RemoteTarget | undefined> {
  const socketPath = join(dataDir, SOCKET_NAME)
  if (!(await isListening(socketPath))) return undefined
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })

  async function ask<Value>(
    path: string,
    body: string,
    { schema, signal }: { schema: z.ZodType<Value>; signal?: AbortSignal },
  ): Promise<Value> {
    let status: number
    let answer: unknown
    try {
      const response = await send({ socketPath, agent, path, signal }, body)
      status = response.status
      answer = JSON.parse(response.body)
    } catch (cause) {
      signal?.throwIfAborted()
      throw new TargetLost('the server went away', { cause })
    }
    if (status === 200) return schema.parse(answer)
    const problem = problemAnswerSchema.safeParse(answer).data?.problem ?? `status ${status}`
    throw new TargetLost(`the server could not go on: ${problem}`)
  }

  return {
    close: () => agent.destroy(),
    async note(note) {
      await ask('/note', JSON.stringify(note), { schema: noteAnswerSchema })
    },
    async findPeopleHere(people) {
      const body = JSON.stringify({ people })
      const { here } = await ask('/people', body, { schema: peopleAnswerSchema })
      return new Map(here)
    },
    writeDirectory: (directory) =>
      ask('/directory', JSON.stringify(directory), { schema: directoryAnswerSchema }),
    async writeHistory(conversation, messages, { signal }) {
      const total = { newMessages: 0, newReactions: 0 }
      for (const batch of batchesOf(messages)) {
        const body = `{"conversation":${JSON.stringify(conversation)},"messages":[${batch.join(',')}]}`
        const result = await ask('/history', body, { schema: historyAnswerSchema, signal })
        total.newMessages += result.newMessages
        total.newReactions += result.newReactions
      }
      return total
    },
  }
}

function isListening(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

interface Sending {
  socketPath: string
  agent: Agent
  path: string
  signal: AbortSignal | undefined
}

function send(
  { signal, ...options }: Sending,
  body: string,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    request({ ...options, headers, method: 'POST', ...(signal && { signal }) }, (response) => {
      text(response).then(
        (read) => resolve({ status: response.statusCode ?? 0, body: read }),
        reject,
      )
    })
      .once('error', reject)
      .end(body)
  })
}

/** Messages as JSON, as many as go into one request. */
function* batchesOf(messages: readonly ImportedMessage[]): Generator<string[]> {
  let batch: string[] = []
  let sizeBytes = 0
  for (const message of messages) {
    const json = JSON.stringify(messageToWire(message))
    const isFull =
      batch.length === MAX_REQUEST_MESSAGES || sizeBytes + json.length > MAX_REQUEST_BYTES
    if (isFull && batch.length > 0) {
      yield batch
      batch = []
      sizeBytes = 0
    }
    batch.push(json)
    sizeBytes += json.length
  }
  if (batch.length > 0) yield batch
}
