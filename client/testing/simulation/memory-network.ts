/**
 * A network in memory: pairs of streams between a browser and the server, each chunk of which
 * takes its time. Connections can be cut, cut in the middle of a chunk, or held: then neither side
 * learns anything, and what was held arrives when both believe in another connection already.
 */
import { Duplex } from 'node:stream'
import type { SeededRandom } from '../../../e2e/testing/seeded-random.ts'
import type { SimulatedProcess } from './virtual-time.ts'

export interface MemoryNetwork {
  /** Where connections arrive; undefined while nobody listens. */
  listen: (listener: Listener | undefined) => void
  /** Ends all connections, as the system does for a process that dies. */
  cutAll: () => void
  /** Opens a connection for the process that runs; it fails later when it cannot be made. */
  connect: (from: Caller) => Duplex
}

export interface Listener {
  process: SimulatedProcess
  accept: (socket: Duplex) => void
}

export interface Caller {
  process: SimulatedProcess
  /** Whether the browser has a network at all. */
  isOnline: () => boolean
  /** Where the connections of this caller are, those included that it has given up. */
  connections: Set<MemoryConnection>
}

export interface MemoryConnection {
  /** Ends it for both, with what is under way lost. */
  cut: () => void
  /** The next chunk arrives half, and then it is cut. */
  cutMidway: () => void
  /** Nothing arrives any more, in both directions; nobody is told. */
  hold: () => void
  release: () => void
}

/** One direction of a connection. */
interface Lane {
  send: (item: Item) => void
  hold: () => void
  release: () => void
  halve: () => void
  drop: () => void
}

type Item = { kind: 'data'; bytes: Buffer } | { kind: 'end' } | { kind: 'gone' }

const LATENCY_MS = 30

export function createMemoryNetwork(random: SeededRandom): MemoryNetwork {
  let listener: Listener | undefined
  const open = new Set<MemoryConnection>()

  function createLane(to: SimulatedProcess, receive: (item: Item) => void): Lane {
    let queue: Item[] = []
    let isHeld = false
    let isMoving = false
    let isHalving = false

    function move(): void {
      if (isMoving || isHeld || queue.length === 0) return
      isMoving = true
      to.run(() =>
        setTimeout(
          () => {
            isMoving = false
            if (isHeld) return
            const items = queue
            queue = []
            for (const item of items) deliver(item)
            move()
          },
          1 + random.below(LATENCY_MS),
        ),
      )
    }

    function deliver(item: Item): void {
      if (!isHalving || item.kind !== 'data') {
        receive(item)
        return
      }
      receive({ kind: 'data', bytes: item.bytes.subarray(0, item.bytes.length / 2) })
      receive({ kind: 'gone' })
    }

    return {
      send(item) {
        queue.push(item)
        move()
      },
      hold: () => void (isHeld = true),
      release() {
        isHeld = false
        move()
      },
      halve: () => void (isHalving = true),
      drop: () => void (queue = []),
    }
  }

  function createEndpoint(lane: () => Lane): Duplex {
    const socket = new Duplex({
      allowHalfOpen: true,
      read: () => undefined,
      write(chunk: Buffer, _encoding, done) {
        lane().send({ kind: 'data', bytes: Buffer.from(chunk) })
        done()
      },
      final(done) {
        lane().send({ kind: 'end' })
        done()
      },
      destroy(error, done) {
        lane().send({ kind: 'gone' })
        done(error)
      },
    })
    // What HTTP asks of a socket of the system.
    return Object.assign(socket, {
      remoteAddress: '127.0.0.1',
      setTimeout: () => socket,
      setNoDelay: () => socket,
      setKeepAlive: () => socket,
      ref: () => socket,
      unref: () => socket,
    })
  }

  function give(socket: Duplex, item: Item): void {
    if (socket.destroyed) return
    if (item.kind === 'data') socket.push(item.bytes)
    else if (item.kind === 'end') socket.push(null)
    else socket.destroy()
  }

  function refuse(socket: Duplex, { process }: Caller): Duplex {
    process.run(() => setTimeout(() => socket.destroy(new Error('connection refused')), 1))
    return socket
  }

  return {
    listen: (next) => void (listener = next),
    cutAll() {
      for (const connection of [...open]) connection.cut()
    },
    connect(caller) {
      const near: Duplex = createEndpoint(() => there)
      const far: Duplex = createEndpoint(() => back)
      for (const socket of [near, far]) socket.on('error', () => undefined)
      const target = listener
      const there: Lane =
        target === undefined
          ? createLane(caller.process, () => undefined)
          : createLane(target.process, (item) => give(far, item))
      const back = createLane(caller.process, (item) => give(near, item))
      if (target === undefined || !caller.isOnline()) return refuse(near, caller)
      target.process.run(() =>
        setTimeout(() => {
          if (listener === target) target.accept(far)
          else near.destroy()
        }, 1),
      )
      const connection: MemoryConnection = {
        cut() {
          for (const lane of [there, back]) {
            lane.drop()
            lane.release()
          }
          forget()
          caller.process.run(() => near.destroy())
          target.process.run(() => far.destroy())
        },
        cutMidway() {
          there.halve()
          back.halve()
        },
        hold() {
          there.hold()
          back.hold()
        },
        release() {
          there.release()
          back.release()
        },
      }
      const forget = (): void => {
        caller.connections.delete(connection)
        open.delete(connection)
      }
      caller.connections.add(connection)
      open.add(connection)
      far.on('close', forget)
      return near
    },
  }
}
