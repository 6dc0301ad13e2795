/** A GET of somebody's device on a connection of its own, whose bytes are counted as TCP carried them. */
import { get } from 'node:http'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import type { DeviceOwner } from './open-device.ts'

export interface Answer {
  body: unknown
  /** Headers and all. */
  bytes: number
}

/** Throws when the answer is not 200. */
export function getJson({ url, cookie, address }: DeviceOwner, path: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const headers = { cookie, 'x-forwarded-for': address, 'accept-encoding': 'gzip' }
  const request = get(`${url}/api${path}`, { headers, agent: false }, (response) => {
    const isPacked = response.headers['content-encoding'] === 'gzip'
    text(isPacked ? response.pipe(createGunzip()) : response)
      .then((body) => {
        if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode} ${body}`)
        resolve({ body: JSON.parse(body), bytes: response.socket.bytesRead })
      })
      .catch(reject)
  })
  request.once('error', reject)
  return promise
}
