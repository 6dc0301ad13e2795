/**
 * Keeps the app itself on the device, so that it opens with the network or the server down. It
 * never touches `/api`: what people write and read is the engine's and the cache's.
 */
import { clientsClaim } from 'workbox-core'
import {
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  precacheAndRoute,
  type PrecacheEntry,
} from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'

declare const self: ServiceWorkerGlobalScope & {
  /** Filled in by the build: every file of the app with its revision. */
  __WB_MANIFEST: (string | PrecacheEntry)[]
}

precacheAndRoute(self.__WB_MANIFEST)
cleanupOutdatedCaches()
clientsClaim()
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('/index.html'), {
    denylist: [/^\/api\//, /^\/sync/, /^\/yjs\//, /^\/metrics/],
  }),
)

// A new version waits until the person says so: a page never runs with another version's files.
self.addEventListener('message', (event) => {
  const data: unknown = event.data
  const isGo = typeof data === 'object' && data !== null && 'type' in data
  if (isGo && data.type === 'SKIP_WAITING') void self.skipWaiting()
})
