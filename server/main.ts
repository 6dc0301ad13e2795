/** The server's entry point: environment -> running server -> orderly end on a signal. */
import { loadConfig, type Config } from './config/config.ts'
import { createLogger, type Logger } from './observability/logger.ts'
import { describeFailure, startStep } from './start-fault.ts'
import { startServer, type RunningServer } from './start-server.ts'

/** After this, the process ends whatever still hangs: everything acknowledged is on disk. */
const SHUTDOWN_LIMIT_MS = 10_000

const { config, logger, server } = await start()
console.log(`ConnectNow is running: ${config.http.publicUrl}`)

async function start(): Promise<{ config: Config; logger: Logger; server: RunningServer }> {
  try {
    const config = startStep(
      () => loadConfig(process.env),
      (faults) => faults,
    )
    const logger = createLogger(config.log)
    return { config, logger, server: await startServer(config, logger) }
  } catch (error) {
    console.error(describeFailure(error))
    process.exit(1)
  }
}

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
