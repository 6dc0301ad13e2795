/** `npm run build`: the client, ready to be served, in dist/client. */
import { buildClient } from './client-build.ts'

process.exitCode = buildClient().isPassed ? 0 : 1
