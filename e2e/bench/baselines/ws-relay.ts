/**
 * A bare relay: what one client sends, all others get. It checks and stores nothing, so it is the
 * limit of what Node can do.
 */
import { WebSocket, WebSocketServer } from 'ws'

const server = new WebSocketServer({ port: Number(process.env['PORT']), host: '127.0.0.1' })
server.on('connection', (sender) => {
  sender.on('message', (data) => {
    for (const client of server.clients) {
      if (client === sender || client.readyState !== WebSocket.OPEN) continue
      client.send(data, { binary: false })
    }
  })
})
server.on('listening', () => process.stdout.write('listening\n'))
process.on('SIGTERM', () => process.exit(0))
