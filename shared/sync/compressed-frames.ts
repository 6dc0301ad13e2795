/**
 * How the server sends large frames to a client that asked for it in the address of `/sync`. Only
 * the server compresses: what it would have to unpack could be far larger than what it lets in. Pure.
 */

/** Added to the address of `/sync` by whoever can unpack. */
export const COMPRESSION = { parameter: 'compression', value: 'deflate-raw' } as const

/** Stands before the compressed frame; no other frame begins like this, as no name is empty. */
const MARK = 0

/** The frame as it is sent. */
export function markCompressed(compressed: Uint8Array): Uint8Array {
  const marked = new Uint8Array(compressed.length + 1)
  marked[0] = MARK
  marked.set(compressed, 1)
  return marked
}

/** The compressed frame, or undefined when a frame is as it is. */
export function compressedPartOf<Buffer extends ArrayBufferLike>(
  frame: Uint8Array<Buffer>,
): Uint8Array<Buffer> | undefined {
  return frame[0] === MARK ? frame.subarray(1) : undefined
}
