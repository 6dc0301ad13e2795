/** A Socket.io client that keeps the newest messages in a list. */
import { io } from 'socket.io-client'
import type { LoadClient, Seat } from './load-client.ts'
import { createScreen, makeRecord, type PlainRecord } from './plain-screen.ts'

export async function openSocketIoClient(
  { url }: Seat,
  onMessage: (text: string) => void,
): Promise<LoadClient> {
  const screen = createScreen()
  const socket = io(url, { transports: ['websocket'], forceNew: true })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  let waiting = 0
  socket.on('message', (record: PlainRecord) => {
    screen.add(record)
    onMessage(record.content)
  })
  return {
    send(content) {
      const record = makeRecord(content)
      screen.add(record)
      waiting += 1
      socket.emit('message', record, () => (waiting -= 1))
    },
    isSettled: () => waiting === 0,
    close() {
      socket.disconnect()
      return Promise.resolve()
    },
  }
}
