/** Lets an HTTP server listen, or says what to do when the system does not allow it. */
import type { Server } from 'node:http'
import type { Config } from './config/config.ts'
import { StartFault } from './start-fault.ts'

/** What to do when the system does not let the server listen, by the system's code. */
const listenFaults: Record<string, (port: number, host: string) => string> = {
  EADDRINUSE: (port) => `Port ${port} is in use. Stop what uses it, or choose another PORT.`,
  EACCES: (port) => `Port ${port} needs more rights than this account has. Choose another PORT.`,
  EADDRNOTAVAIL: (_, host) => `HOST ${host} is no address of this machine.`,
  ENOTFOUND: (_, host) => `HOST ${host} is no address of this machine.`,
}

/** Throws a StartFault when it cannot. */
export async function listen(server: Server, { port, host }: Config['http']): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, resolve)
    })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason'
    const sentence = listenFaults[code]?.(port, host)
    throw new StartFault(sentence ?? `HOST ${host}, PORT ${port} cannot be used: ${code}.`, {
      cause,
    })
  }
}
