import { deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { markCompressed } from '../../shared/sync/compressed-frames.ts'
import { inflateFrames, withCompression } from './inflate-frames.ts'

type Listener = Parameters<ReturnType<typeof inflateFrames>['addEventListener']>[1]

/** A socket of which a test says what arrives on it. */
function openTestSocket() {
  const listeners = new Map<string, Set<Listener>>()
  let isClosed = false
  const socket = inflateFrames({
    addEventListener(type, listener) {
      listeners.set(type, (listeners.get(type) ?? new Set()).add(listener))
    },
    removeEventListener: (type, listener) => void listeners.get(type)?.delete(listener),
    close() {
      isClosed = true
    },
  })
  const emit = (type: string, data?: unknown): void => {
    for (const listener of listeners.get(type) ?? []) listener({ data })
  }
  return { socket, emit, isClosed: () => isClosed }
}

const plain = (text: string): ArrayBuffer => new Uint8Array(new TextEncoder().encode(text)).buffer
const packed = (text: string): ArrayBuffer =>
  new Uint8Array(markCompressed(deflateRawSync(text))).buffer
const readText = (data: unknown): string =>
  data instanceof ArrayBuffer ? new TextDecoder().decode(data) : String(data)

function hearTexts(socket: ReturnType<typeof inflateFrames>) {
  const heard: string[] = []
  const listener: Listener = ({ data }) => void heard.push(readText(data))
  socket.addEventListener('message', listener)
  return { heard, stop: () => socket.removeEventListener('message', listener) }
}

test('frames are heard in order, compressed or not', async () => {
  const { socket, emit } = openTestSocket()
  const { heard } = hearTexts(socket)
  emit('message', plain('one'))
  expect(heard).toEqual(['one'])
  const long = 'x'.repeat(500_000)
  for (const data of [packed(long), plain('three'), packed('four'), plain('five')]) {
    emit('message', data)
  }
  await expect.poll(() => heard).toEqual(['one', long, 'three', 'four', 'five'])
  emit('message', plain('six'))
  expect(heard.at(-1)).toBe('six')
})

test('whoever stops listening hears nothing of what was still being unpacked', async () => {
  const { socket, emit } = openTestSocket()
  const gone = hearTexts(socket)
  const staying = hearTexts(socket)
  emit('message', packed('late'))
  gone.stop()
  await expect.poll(() => staying.heard).toEqual(['late'])
  emit('message', plain('later'))
  expect(gone.heard).toEqual([])
  expect(staying.heard).toEqual(['late', 'later'])
})

test('a frame that cannot be unpacked closes the socket, and nothing after it is heard', async () => {
  const { socket, emit, isClosed } = openTestSocket()
  const { heard } = hearTexts(socket)
  emit('message', new Uint8Array(markCompressed(Uint8Array.of(255, 255, 255))).buffer)
  emit('message', plain('what would be applied without what came before'))
  await expect.poll(isClosed).toBe(true)
  emit('message', plain('and this'))
  expect(heard).toEqual([])
})

test('other events, and what is no binary frame, are left alone', () => {
  const { socket, emit } = openTestSocket()
  let opened = 0
  const onOpen = (): void => void (opened += 1)
  socket.addEventListener('open', onOpen)
  const { heard } = hearTexts(socket)
  emit('open')
  emit('message', 'text')
  socket.removeEventListener('open', onOpen)
  emit('open')
  expect(opened).toBe(1)
  expect(heard).toEqual(['text'])
})

test('asks for compression in the address, and keeps what stands there', () => {
  expect(withCompression('wss://chat.test/sync')).toBe(
    'wss://chat.test/sync?compression=deflate-raw',
  )
  expect(withCompression('ws://chat.test/sync?a=b')).toBe(
    'ws://chat.test/sync?a=b&compression=deflate-raw',
  )
})
