/** Whose request it is: the address that limits count by. What a client claims is worth nothing. */
import type { IncomingMessage } from 'node:http'
import type { Config } from '../config/config.ts'

/** Carries the address to middleware and to better-auth. */
export const CLIENT_ADDRESS_HEADER = 'x-client-address'

/** The address of the socket or, behind a trusted proxy, the one that this proxy saw. */
export function addressOf(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  { http }: Pick<Config, 'http'>,
): string {
  const last = [headers['x-forwarded-for']].flat().at(-1)?.split(',').at(-1)?.trim()
  return (http.isProxyTrusted && last) || (socket.remoteAddress ?? 'unknown')
}

/** Replaces whatever the client itself sent under this name. */
export function setClientAddress(request: IncomingMessage, address: string): void {
  const { rawHeaders } = request
  for (let index = rawHeaders.length - 2; index >= 0; index -= 2) {
    if (rawHeaders[index]?.toLowerCase() === CLIENT_ADDRESS_HEADER) rawHeaders.splice(index, 2)
  }
  rawHeaders.push(CLIENT_ADDRESS_HEADER, address)
  request.headers[CLIENT_ADDRESS_HEADER] = address
}
