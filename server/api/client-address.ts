/** Whose request it is: the address that limits count by. What a client claims is worth nothing. */
import type { IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'
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

/**
 * What limits count by: an IPv4 address, or the /64 network of an IPv6 address, all of which belongs
 * to one customer as a rule.
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [head = '', tail = ''] = address.split('%')[0]?.split('::') ?? []
  const groups = head === '' ? [] : head.split(':')
  const tailCount = tail === '' ? 0 : tail.split(':').length + Number(tail.includes('.'))
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - tailCount) }, () => '0')
  const all = [...groups, ...(address.includes('::') ? zeros : []), ...tail.split(':')]
  const network = all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
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
