/**
 * The least that an API over the same store can do: Hono, and the same SQL as ConnectNow's routes. No
 * session, no rights, no validation, no limits; a post writes its row and nothing else.
 */
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { loadConfig } from '../../../server/config/config.ts'
import { openDatabase } from '../../../server/database/open-database.ts'
import { listChannels } from '../../../server/queries/channels.ts'
import { listMessages } from '../../../server/queries/messages.ts'
import { searchMessages } from '../../../server/queries/search/search-messages.ts'
import { searchMessagesQuerySchema } from '../../../shared/api/search.ts'
import { channelIdSchema, userIdSchema } from '../../../shared/ids.ts'

const SEARCH_LIMIT_MS = 1_000

const config = loadConfig(process.env)
const database = openDatabase(process.env['STORE'] ?? '')
const { sqlite } = database
const insert = sqlite.prepare(
  `INSERT INTO messages (channel_id, id, author_id, content, type, version, created_at, received_at)
   VALUES (?, ?, ?, ?, 'TEXT', 1, ?, ?)`,
)

const api = new Hono()
  .get('/api/channels/:id/messages', (context) => {
    const conversation = {
      kind: 'channel',
      id: channelIdSchema.parse(context.req.param('id')),
    } as const
    return context.json(listMessages(sqlite, conversation, { limit: 50 }))
  })
  .get('/api/channels', async (context) => {
    const userId = userIdSchema.parse(context.req.header('x-person'))
    return context.json(await listChannels(database, { userId, role: 'MEMBER' }, { limit: 20 }))
  })
  .get('/api/messages/search', (context) => {
    const userId = userIdSchema.parse(context.req.header('x-person'))
    const query = searchMessagesQuerySchema.parse(context.req.query())
    const request = { userId, query, now: Date.now(), timeLimitMs: SEARCH_LIMIT_MS }
    return context.json(searchMessages(sqlite, request))
  })
  .post('/api/channels/:id/messages', async (context) => {
    const { content } = await context.req.json<{ content: string }>()
    const now = Date.now()
    const author = context.req.header('x-person')
    insert.run(context.req.param('id'), crypto.randomUUID(), author, content, now, now)
    return context.json({ content }, 201)
  })

serve({ fetch: api.fetch, hostname: '127.0.0.1', port: config.http.port }, () =>
  process.stdout.write('listening\n'),
)
process.on('SIGTERM', () => process.exit(0))
