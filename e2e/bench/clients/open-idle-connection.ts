/**
 * One connection with documents open on it and nobody who writes. It speaks the provider's protocol
 * itself: twenty thousand providers would need more memory than the server that is measured.
 */
import { once } from 'node:events'
import { createDecoder, readVarString, readVarUint } from 'lib0/decoding'
import {
  createEncoder,
  toUint8Array,
  writeVarString,
  writeVarUint,
  writeVarUint8Array,
} from 'lib0/encoding'
import { WebSocket } from 'ws'

export interface IdleConnection {
  /** Resolves when the server has answered with the state of each document. */
  open: (documentNames: readonly string[]) => Promise<void>
  isOpen: () => boolean
  close: () => void
}

export interface IdleConnectionOptions {
  url: string
  cookie: string
  /** The address that the server takes it to come from. */
  address: string
}

/** Hocuspocus's types of frames, and what is in them. */
const SYNC = 0
const AUTH = 2
const SYNC_REPLY = 4
const TOKEN = 0
const SYNC_STEP_1 = 0
const SYNC_STEP_2 = 1
/** A state vector of no clients. */
const NOTHING = Uint8Array.of(0)
const TIMEOUT_MS = 30_000

export async function openIdleConnection({
  url,
  cookie,
  address,
}: IdleConnectionOptions): Promise<IdleConnection> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/sync`, {
    headers: { cookie, origin: url, 'x-forwarded-for': address },
  })
  await once(socket, 'open')
  const waiting = new Map<string, () => void>()
  socket.on('message', (frame: Buffer) => {
    const decoder = createDecoder(frame)
    const name = readVarString(decoder)
    const type = readVarUint(decoder)
    if (type !== SYNC && type !== SYNC_REPLY) return
    if (readVarUint(decoder) !== SYNC_STEP_2) return
    waiting.get(name)?.()
    waiting.delete(name)
  })

  async function openOne(documentName: string): Promise<void> {
    // As the provider does, which tells its sessions apart.
    const name = `${documentName}\0idle`
    const answered = new Promise<void>((resolve, reject) => {
      const fail = (): void => reject(new Error(`${documentName} was not opened`))
      const timer = setTimeout(fail, TIMEOUT_MS)
      waiting.set(name, () => {
        clearTimeout(timer)
        resolve()
      })
    })
    socket.send(encodeAuthentication(name))
    socket.send(encodeFirstStep(name))
    await answered
  }

  return {
    async open(documentNames) {
      await Promise.all(documentNames.map(openOne))
    },
    isOpen: () => socket.readyState === WebSocket.OPEN,
    close: () => socket.terminate(),
  }
}

function encodeAuthentication(name: string): Uint8Array {
  const encoder = createEncoder()
  writeVarString(encoder, name)
  writeVarUint(encoder, AUTH)
  writeVarUint(encoder, TOKEN)
  writeVarString(encoder, '')
  writeVarString(encoder, 'idle')
  return toUint8Array(encoder)
}

function encodeFirstStep(name: string): Uint8Array {
  const encoder = createEncoder()
  writeVarString(encoder, name)
  writeVarUint(encoder, SYNC)
  writeVarUint(encoder, SYNC_STEP_1)
  writeVarUint8Array(encoder, NOTHING)
  return toUint8Array(encoder)
}
