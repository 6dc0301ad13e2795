/**
 * Ports for servers whose address must be known before they start. They lie below those that the
 * system gives to connections and to whoever listens on port 0: one of those would be taken by
 * some connection before the server listens, or while it is away, now and then.
 */
import { once } from 'node:events'
import { createServer } from 'node:net'

const FIRST = 20_000
const LAST = 32_000
/** Processes that run side by side search in different places. */
const PER_PROCESS = 97

let last = FIRST + ((process.pid * PER_PROCESS) % (LAST - FIRST))

/** Answers a port of this machine on which nobody listens; never the same twice in a row. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    last = last < LAST ? last + 1 : FIRST
    if (await isFree(last)) return last
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const isListening = once(server, 'listening').then(
    () => true,
    () => false,
  )
  server.listen(port, '127.0.0.1')
  if (!(await isListening)) return false
  server.close()
  await once(server, 'close')
  return true
}
