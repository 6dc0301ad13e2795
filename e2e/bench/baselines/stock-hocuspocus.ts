/**
 * Hocuspocus as it comes, with its SQLite extension: nothing is checked, and a change is
 * acknowledged and passed on before it is stored, which happens up to some seconds later.
 */
import { join } from 'node:path'
import { SQLite } from '@hocuspocus/extension-sqlite'
import { Server } from '@hocuspocus/server'

const server = new Server({
  port: Number(process.env['PORT']),
  address: '127.0.0.1',
  quiet: true,
  stopOnSignals: false,
  extensions: [new SQLite({ database: join(process.env['DATA_DIR'] ?? '', 'documents.db') })],
})
await server.listen()
process.stdout.write('listening\n')
process.on('SIGTERM', () => process.exit(0))
