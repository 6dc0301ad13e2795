/** Headers that keep hostile content harmless, should any ever get into a page. */
import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'

export function securityHeaders(): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      // Positions of virtual rows and menus are style attributes, set by script.
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      // 'self' covers the WebSocket of the same host; naming ws: would allow every host.
      connectSrc: ["'self'"],
      scriptSrc: ["'self'"],
      workerSrc: ["'self'"],
      objectSrc: ["'none'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
    },
    crossOriginEmbedderPolicy: false,
    // Decided by the proxy that speaks TLS; on plain HTTP it means nothing.
    strictTransportSecurity: false,
    referrerPolicy: 'same-origin',
    xFrameOptions: 'DENY',
    // A route that needs a stricter policy (files of people) has set its own.
    overwrite: false,
  })
}
