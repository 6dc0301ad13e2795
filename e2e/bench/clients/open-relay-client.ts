/** A bare WebSocket that keeps the newest messages in a list. */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { z } from 'zod'
import type { LoadClient, Seat } from './load-client.ts'
import { createScreen, makeRecord } from './plain-screen.ts'

const recordSchema = z.object({ content: z.string() })

export async function openRelayClient(
  { url }: Seat,
  onMessage: (text: string) => void,
): Promise<LoadClient> {
  const screen = createScreen()
  const socket = new WebSocket(url)
  await once(socket, 'open')
  // By default each message comes as one Buffer.
  socket.on('message', (data: Buffer) => {
    const record = recordSchema.parse(JSON.parse(data.toString()))
    screen.add(record)
    onMessage(record.content)
  })
  return {
    send(content) {
      const record = makeRecord(content)
      screen.add(record)
      socket.send(JSON.stringify(record))
    },
    isSettled: () => true,
    async close() {
      const closed = once(socket, 'close')
      socket.close()
      await closed
    },
  }
}
