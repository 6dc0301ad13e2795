/**
 * Remembers, in a signed cookie of its own, that somebody has signed in from a browser before, also
 * after they have signed out. It signs nobody in: attempts from such a browser are counted apart, so
 * that a stranger who guesses elsewhere does not keep its owner out.
 */
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

export interface KnownDevices {
  /** Names the browser, when somebody with this address has signed in from it before. */
  deviceOf: (email: string, headers: Headers) => string | undefined
  /** The cookie by which it is known from now on. */
  createCookie: (email: string) => { name: string; value: string }
}

const DEVICE_BYTES = 16
const LABEL_LENGTH = 16

export function createKnownDevices(secret: string): KnownDevices {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'known devices', 32))
  const sign = (...parts: string[]): string =>
    createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url')
  // Several people may share a browser; who they are is nobody's business who looks at its cookies.
  const nameFor = (email: string): string =>
    `device_${sign('name', email).replaceAll(/[^\w]/g, '').slice(0, LABEL_LENGTH)}`

  return {
    deviceOf(email, headers) {
      const [device = '', signature = ''] = readCookie(headers, nameFor(email))?.split('.') ?? []
      const expected = Buffer.from(sign('device', email, device))
      const given = Buffer.from(signature)
      const isOurs = given.length === expected.length && timingSafeEqual(given, expected)
      return isOurs ? device : undefined
    },
    createCookie(email) {
      const device = randomBytes(DEVICE_BYTES).toString('base64url')
      return { name: nameFor(email), value: `${device}.${sign('device', email, device)}` }
    },
  }
}

/** By the end of its name: a prefix may stand before it. */
function readCookie(headers: Headers, name: string): string | undefined {
  const pairs = headers.get('cookie')?.split(/; */) ?? []
  return pairs.find((pair) => pair.includes(`.${name}=`))?.split('=')[1]
}
