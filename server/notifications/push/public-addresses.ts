/**
 * Which hosts the server sends requests to because a browser named them: those of the open internet,
 * never this machine or the network that it stands in.
 */
import { lookup as lookUp } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

const closed = new BlockList()
const closedSubnets = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const
for (const [network, prefix] of closedSubnets) closed.addSubnet(network, prefix, 'ipv4')
/** Of IPv6 what is open is the shorter list: global unicast, but for what leads elsewhere in it. */
const open = new BlockList()
open.addSubnet('2000::', 3, 'ipv6')
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  closed.addSubnet(network, prefix, 'ipv6')
}

const CLOSED_NAME =
  /(^|[.])(localhost|local|internal|intranet|lan|home|corp|test|example|invalid|onion|arpa)[.]?$/

/** A host as a URL has it. A name may still lead to a closed address: see `lookUpPublic`. */
export function isPublicHost(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, '$1')
  if (isIP(address) > 0) return isPublicAddress(address)
  return host.includes('.') && !CLOSED_NAME.test(host.toLowerCase())
}

export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !closed.check(address, 'ipv4')
  return open.check(address, 'ipv6') && !closed.check(address, 'ipv6')
}

/** Resolves names for a connection, at the moment of connecting: to public addresses alone. */
export const lookUpPublic: LookupFunction = (hostname, options, callback) => {
  lookUp(hostname, { ...options, all: true }, (error, found) => {
    if (error !== null) return callback(error, [])
    const usable = found.filter(({ address }) => isPublicAddress(address))
    const [first] = usable
    if (first === undefined)
      return callback(new Error(`${hostname} leads into a closed network`), [])
    return options.all === true
      ? callback(null, usable)
      : callback(null, first.address, first.family)
  })
}
