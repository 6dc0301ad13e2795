/** The server's entry point: environment -> running server -> orderly end on a signal. */
import { loadConfig } from './config/config.ts'
import { createLogger } from './observability/logger.ts'
import { startServer } from './start-server.ts'

/** After this, the process ends whatever still hangs: everything acknowledged is on disk. */
const SHUTDOWN_LIMIT_MS = 10_000

const config = loadConfig(process.env)
const logger = createLogger(config.log)
const server = await startServer(config, logger)
console.log(`ConnectNow is running: ${config.http.publicUrl}`)

let isEnding = false
async function end(signal: string): Promise<void> {
  if (isEnding) return
  isEnding = true
  logger.info({ signal }, 'shutting down')
  setTimeout(() => {
    logger.error('shutdown took too long; what was acknowledged is on disk')
    process.exit(1)
  }, SHUTDOWN_LIMIT_MS).unref()
  await server.close()
  process.exit(0)
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(signal))
