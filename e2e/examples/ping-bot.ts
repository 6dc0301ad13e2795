/** A bot that joins a channel as a document and answers `!ping`, as any Yjs client could. */
import { v7 as createId } from 'uuid'
import { WebsocketProvider } from 'y-websocket'
import { Doc } from 'yjs'

type Message = Record<string, string | number>

const [url = '', token = '', channelId = ''] = process.argv.slice(2)
const headers = { authorization: `Bearer ${token}` }
const { id: authorId } = await (await fetch(`${url}/api/users/me`, { headers })).json()
const startedAt = Date.now()

function join(segment: number): void {
  const document = new Doc()
  const [messages, meta] = [document.getMap<Message>('messages'), document.getMap('meta')]
  const address = `${url.replace('http', 'ws')}/yjs`
  const name = `channel:${channelId}/${segment}`
  const provider = new WebsocketProvider(address, name, document, { params: { token } })
  provider.on('closed', ({ reason }) => console.error(`Closed: ${reason}`))
  provider.once('sync', () => console.log(`Joined ${name}`))
  meta.observe(({ keysChanged }) => keysChanged.has('next') && join(segment + 1))
  messages.observe(({ keysChanged, transaction }) => {
    for (const id of transaction.local ? [] : keysChanged) {
      const { content, createdAt } = messages.get(id) ?? {}
      if (content !== '!ping' || Number(createdAt) < startedAt) continue
      const answer = { authorId, content: 'pong', type: 'TEXT', version: 1, createdAt: Date.now() }
      messages.set(createId(), { ...answer, replyToId: id })
    }
  })
}

join(1)
