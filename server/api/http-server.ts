/** The HTTP server that the API answers on. */
import { createServer as createNodeServer, type RequestListener, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Config } from '../config/config.ts'
import type { ApiApp } from './api-context.ts'
import { addressOf, setClientAddress } from './client-address.ts'
import { refuseMalformedRequest } from './refuse-malformed-request.ts'

/** A search may hold 12,000 characters, whose address has nine for each: Node's own is 16 kB. */
const MAX_HEADER_BYTES = 131_072

export interface HttpServerDeps {
  api: ApiApp
  config: Config
  /** A double of a test. */
  createServer?: ((listener: RequestListener) => Server) | undefined
}

export function createHttpServer({
  api,
  config,
  createServer = (listener) => createNodeServer({ maxHeaderSize: MAX_HEADER_BYTES }, listener),
}: HttpServerDeps): Server {
  const listener = getRequestListener((request) => api.fetch(request))
  const server = createServer((request, response) => {
    setClientAddress(request, addressOf(request, config))
    void listener(request, response)
  })
  server.on('clientError', refuseMalformedRequest)
  return server
}
