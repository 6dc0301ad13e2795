/**
 * Remembers in signed cookies what happened in a browser under an address. `device`: somebody signed
 * in, also after they have signed out again; attempts from such a browser are counted apart, so that a
 * stranger who guesses elsewhere does not keep its person out. `signup`: somebody signed up, and may
 * prove the address here. Neither signs anybody in.
 */
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

type Deed = 'device' | 'signup'

export interface KnownDevices {
  /** Names the browser, when this has happened in it under this address. */
  deviceOf: (deed: Deed, email: string, headers: Headers) => string | undefined
  /** The cookie by which it is known from now on. */
  createCookie: (deed: Deed, email: string) => { name: string; value: string; device: string }
}

const DEVICE_BYTES = 16
const LABEL_LENGTH = 16

export function createKnownDevices(secret: string): KnownDevices {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'known devices', 32))
  const sign = (...parts: string[]): string =>
    createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url')
  // Several people may share a browser; who they are is nobody's business who looks at its cookies.
  const nameFor = (deed: Deed, email: string): string =>
    `${deed}_${sign('name', email).replaceAll(/[^\w]/g, '').slice(0, LABEL_LENGTH)}`

  return {
    deviceOf(deed, email, headers) {
      const [device = '', signature = ''] =
        readCookie(headers, nameFor(deed, email))?.split('.') ?? []
      const expected = Buffer.from(sign(deed, email, device))
      const given = Buffer.from(signature)
      const isOurs = given.length === expected.length && timingSafeEqual(given, expected)
      return isOurs ? device : undefined
    },
    createCookie(deed, email) {
      const device = randomBytes(DEVICE_BYTES).toString('base64url')
      return { device, name: nameFor(deed, email), value: `${device}.${sign(deed, email, device)}` }
    },
  }
}

/** By the end of its name: a prefix may stand before it. */
function readCookie(headers: Headers, name: string): string | undefined {
  const pairs = headers.get('cookie')?.split(/; */) ?? []
  return pairs.find((pair) => pair.includes(`.${name}=`))?.split('=')[1]
}
