/** A stock Hocuspocus provider over a Y.Doc of the same layout as ConnectNow's. */
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { WebSocket } from 'ws'
import * as Y from 'yjs'
import { z } from 'zod'
import type { LoadClient, Seat } from './load-client.ts'
import { createScreen, makeRecord } from './plain-screen.ts'

const recordSchema = z.object({ content: z.string() })

export async function openStockClient(
  { url }: Seat,
  onMessage: (text: string) => void,
): Promise<LoadClient> {
  const screen = createScreen()
  const document = new Y.Doc()
  const messages = document.getMap('messages')
  const socket = new HocuspocusProviderWebsocket({ url, WebSocketPolyfill: WebSocket })
  const synced = Promise.withResolvers<void>()
  const provider = new HocuspocusProvider({
    name: 'bench',
    document,
    websocketProvider: socket,
    // Each client's awareness, repeated to all others, would be a load of its own.
    awareness: null,
    onSynced: () => synced.resolve(),
  })
  provider.attach()
  await synced.promise
  messages.observe(({ keysChanged }) => {
    for (const key of keysChanged) {
      const record = recordSchema.parse(messages.get(String(key)))
      screen.add(record)
      onMessage(record.content)
    }
  })
  return {
    send(content) {
      const { id, ...record } = makeRecord(content)
      messages.set(id, record)
    },
    isSettled: () => provider.unsyncedChanges === 0,
    close() {
      provider.destroy()
      socket.destroy()
      document.destroy()
      return Promise.resolve()
    },
  }
}
