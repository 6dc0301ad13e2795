/**
 * The product's own engine, in a process without IndexedDB. Its screen model is the snapshot that the
 * message list draws.
 */
import { WebSocket } from 'ws'
import type { MessageView } from '../../../client/engine/engine-interface.ts'
import { openEngine } from '../../../client/engine/open-engine.ts'
import type { LoadClient, Seat } from './load-client.ts'
import { newMessages } from './new-messages.ts'

export async function openConnectNowClient(
  { url, person }: Seat,
  onMessage: (text: string) => void,
): Promise<LoadClient> {
  if (person === undefined) throw new Error('ConnectNow lets nobody in without a name')
  const headers = { cookie: person.cookie, origin: url, 'x-forwarded-for': person.address }
  class PersonalWebSocket extends WebSocket {
    constructor(address: string) {
      super(address, { headers })
      // Each is followed by a close, which the engine sees.
      this.on('error', () => undefined)
    }
  }
  const engine = await openEngine({
    userId: person.userId,
    syncUrl: `${url.replace('http', 'ws')}/sync`,
    webSocket: PersonalWebSocket,
    onStorageFailure: () => undefined,
  })
  const handle = engine.openConversation({ kind: 'channel', id: person.channelId })
  let shown: readonly MessageView[] = []
  const ready = Promise.withResolvers<void>()
  handle.subscribe(() => {
    const { phase, messages } = handle.snapshot()
    if (phase === 'ready') ready.resolve()
    if (messages === shown) return
    for (const { record } of newMessages(shown, messages)) onMessage(record.content)
    shown = messages
  })
  engine.status.subscribe(() => {
    if (engine.status.snapshot().connection === 'online') ready.resolve()
  })
  await ready.promise
  return {
    send: (content) => void handle.send({ content }),
    isSettled: () => engine.status.snapshot().pendingCount === 0,
    async close() {
      handle.close()
      await engine.close()
    },
  }
}
