/** Answers what is no HTTP, or whose head is too large, in the form of every other no. */
import type { Duplex } from 'node:stream'
import { toProblem } from './error-response.ts'

/** For the event `clientError` of the HTTP server: there is neither a request nor a response yet. */
export function refuseMalformedRequest(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const isTooLarge = error.code === 'HPE_HEADER_OVERFLOW'
  const problem = toProblem({ code: isTooLarge ? 'payload_too_large' : 'invalid_request' })
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${problem.status} ${isTooLarge ? 'Content Too Large' : 'Bad Request'}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
