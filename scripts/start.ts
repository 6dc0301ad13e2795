/** `npm start`: builds the client when needed, then becomes the server. */
import { buildClient, isClientStale } from './client-build.ts'

if (isClientStale() && !buildClient().isPassed) {
  console.error('The client could not be built; nothing is started.')
  process.exitCode = 1
} else {
  // In this very process, so that a signal reaches the server and not somebody before it.
  await import('../server/main.ts')
}
