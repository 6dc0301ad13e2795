/**
 * What people would otherwise write: Socket.io, and each message in SQLite, with its search
 * index, before anybody gets it. As durable as ConnectNow: WAL with synchronous=FULL.
 */
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { Server } from 'socket.io'
import { z } from 'zod'

const recordSchema = z.object({
  id: z.string(),
  authorId: z.string(),
  content: z.string(),
  createdAt: z.number(),
})

const database = new Sqlite(join(process.env['DATA_DIR'] ?? '', 'messages.db'))
database.pragma('journal_mode = WAL')
database.pragma('synchronous = FULL')
database.exec(`
  CREATE TABLE messages (id TEXT PRIMARY KEY, author_id TEXT, content TEXT, created_at INTEGER);
  CREATE VIRTUAL TABLE search USING fts5(content);
`)
const insert = database.prepare('INSERT INTO messages VALUES (?, ?, ?, ?)')
const index = database.prepare('INSERT INTO search (rowid, content) VALUES (?, ?)')
const store = database.transaction((record: z.infer<typeof recordSchema>) => {
  const { id, authorId, content, createdAt } = record
  const { lastInsertRowid } = insert.run(id, authorId, content, createdAt)
  index.run(lastInsertRowid, content)
})

const server = new Server({ serveClient: false, transports: ['websocket'] })
server.on('connection', (socket) => {
  socket.on('message', (message: unknown, acknowledge: () => void) => {
    store(recordSchema.parse(message))
    socket.broadcast.emit('message', message)
    acknowledge()
  })
})
server.listen(Number(process.env['PORT']))
process.stdout.write('listening\n')
process.on('SIGTERM', () => process.exit(0))
