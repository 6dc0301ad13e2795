/**
 * A real OpenID Connect provider on a free port, and somebody without a browser who walks from page to
 * page through it and through our server; for tests.
 */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'

/** What the provider says of somebody; `sub` is what they sign in with there. */
export interface ProviderAccount {
  sub: string
  email?: string
  email_verified?: boolean
  name?: string
}

export interface TestProvider {
  issuer: string
  accounts: Map<string, ProviderAccount>
  /** While true, it takes requests and never answers them. */
  isSilent: boolean
  /** How many requests it did not answer. */
  unanswered: number
  close: () => Promise<void>
}

export const CLIENT = { id: 'connectnow', secret: 'a-secret-of-the-client' }

export async function startProvider(publicUrl: string): Promise<TestProvider> {
  const accounts = new Map<string, ProviderAccount>()
  const server: Server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server has no other kind of address
  const issuer = `http://127.0.0.1:${port}`
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [`${publicUrl}/api/auth/callback/oidc`],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: ['a key of the test'] },
    findAccount: (_context, sub) => {
      const account = accounts.get(sub)
      return account && { accountId: sub, claims: () => ({ ...account }) }
    },
  })
  const handle = provider.callback()
  const running: TestProvider = {
    ...{ issuer, accounts, isSilent: false, unanswered: 0 },
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
  server.on('request', (request, response) => {
    if (running.isSilent) running.unanswered += 1
    else void handle(request, response)
  })
  return running
}

export interface Visitor {
  /** Sends a request with the cookies of the site; addresses are those that browsers see. */
  request: (url: string, options?: { method?: string; json?: unknown }) => Promise<Response>
  /** Goes to a page of the provider, signs in there as `sub`, agrees or not; answers where it ends. */
  walk: (url: string, options: WalkOptions) => Promise<URL>
  /** Our server listens elsewhere now. */
  moveTo: (serverUrl: string) => void
}

export interface WalkOptions {
  sub: string
  /** True: the person signs in at the provider anew, as somebody else than before. */
  isOther?: boolean
  /** False: the person does not agree to be signed in. */
  agrees?: boolean
  /** Changes an address on its way, as an attacker would. */
  change?: (url: URL) => void
}

const MAX_STEPS = 20

/** `serverUrl` is where our server really listens, whose address in browsers is `publicUrl`. */
export function createVisitor(publicUrl: string, serverUrl: string): Visitor {
  let listeningAt = serverUrl
  const jars = new Map<string, Map<string, string>>()

  async function send(url: string, options: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(url)
    const jar = jars.get(origin) ?? new Map<string, string>()
    jars.set(origin, jar)
    const headers = new Headers(options.headers)
    headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '))
    if (options.method === 'POST') headers.set('origin', origin)
    const target = url.startsWith(publicUrl) ? listeningAt + url.slice(publicUrl.length) : url
    const response = await fetch(target, { ...options, headers, redirect: 'manual' })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (value === '' || /max-age=0/i.test(cookie)) jar.delete(name)
      else jar.set(name, value)
    }
    return response
  }

  return {
    moveTo: (url) => void (listeningAt = url),
    request: (url, { method = 'GET', json } = {}) =>
      send(publicUrl + url, {
        method,
        ...(json !== undefined && {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(json),
        }),
      }),
    async walk(start, { sub, isOther = false, agrees = true, change }) {
      let url = new URL(start)
      if (isOther) jars.delete(url.origin)
      for (let step = 0; step < MAX_STEPS; step += 1) {
        if (url.origin === publicUrl && !url.pathname.startsWith('/api/auth/')) return url
        change?.(url)
        let response = await send(url.href)
        if (response.status === 200) {
          const page = await response.text()
          const form = agrees ? /action="([^"]+)"/.exec(page) : /href="([^"]+abort)"/.exec(page)
          const target = new URL(form?.[1] ?? '', url).href
          const prompt = page.includes('name="login"') ? 'login' : 'consent'
          const body = new URLSearchParams({ prompt, login: sub, password: 'x' })
          response = await send(target, agrees ? { method: 'POST', body } : {})
        }
        const location = response.headers.get('location')
        if (location === null) {
          throw new Error(`${response.status} at ${url.href}: ${await response.text()}`)
        }
        url = new URL(location, url)
      }
      throw new Error('This leads nowhere')
    },
  }
}
