/** What messages weigh as gzipped JSON: the least that any API would send of them. */
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { KeptMessage } from './bench-history.ts'

/** As one array of the records with their ids. */
export async function gzippedJsonBytes(messages: Iterable<KeptMessage>): Promise<number> {
  let bytes = 0
  const count = new Writable({
    write(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      done()
    },
  })
  await pipeline(Readable.from(jsonParts(messages)), createGzip(), count)
  return bytes
}

const MESSAGES_A_PART = 500

function* jsonParts(messages: Iterable<KeptMessage>): Generator<string> {
  let part: string[] = []
  let separator = '['
  for (const { id, record } of messages) {
    part.push(JSON.stringify({ id, ...record }))
    if (part.length < MESSAGES_A_PART) continue
    yield separator + part.join(',')
    part = []
    separator = ','
  }
  if (part.length > 0) yield separator + part.join(',')
  yield ']'
}
