/** The OpenAPI document of all routes, and the page that is made from it. */
import type { ApiApp } from '../api-context.ts'
import { docsPage } from './docs-page.ts'
import { dropPatternFlags } from './drop-pattern-flags.ts'

/** Where operations stand in the document, by the first part of their path. */
const subjects: Record<string, string> = {
  auth: 'Signing in',
  accounts: 'Signing in',
  tokens: 'Signing in',
  users: 'People',
  channels: 'Channels',
  'channel-categories': 'Channels',
  dm: 'Direct messages',
  messages: 'Search',
  files: 'Files',
  notifications: 'Notifications',
  push: 'Notifications',
  email: 'Notifications',
  'audit-logs': 'Administration',
  workspace: 'Administration',
  health: 'Administration',
}

/** Serves `/openapi.json` and `/docs` of the routes that `api` has once it is asked. */
export function describeApi(api: ApiApp, version: string): void {
  const { openAPIRegistry } = api
  openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'connectnow.session_token',
  })
  openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
  // Made once: it takes much longer than any other answer to strangers, and never changes.
  let made: ReturnType<typeof describe> | undefined
  const described = () => (made ??= describe(api, version))
  api.get('/openapi.json', (context) => context.json(described().document))
  api.get('/docs', (context) => context.html(described().page))
}

function describe(api: ApiApp, version: string) {
  const document = api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'ConnectNow',
      version,
      description:
        'Errors are problem details (RFC 9457) with a stable `code`. Times are milliseconds UTC.',
    },
    servers: [{ url: '/api' }],
    tags: [...new Set(Object.values(subjects))].map((name) => ({ name })),
  })
  dropPatternFlags(document)
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of ['get', 'post', 'put', 'patch', 'delete'] as const) {
      const operation = item[method]
      if (operation === undefined) continue
      operation.tags = [subjectOf(path)]
      operation.operationId = operationIdOf(method, path)
    }
  }
  return { document, page: docsPage(document) }
}

function subjectOf(path: string): string {
  const [, first = ''] = path.split('/')
  const subject = subjects[first]
  if (subject === undefined) throw new Error(`${path} has no place in the API's description`)
  return subject
}

/** `get /channels/{id}/messages` -> `getChannelsByIdMessages`. */
function operationIdOf(method: string, path: string): string {
  const words = path
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => `by-${name}`)
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
  return method + words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('')
}
