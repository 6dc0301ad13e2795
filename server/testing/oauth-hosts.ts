/**
 * Plays the hosts of GitHub and Google that this process talks to when somebody signs in with them: a
 * local server, and a `fetch` that leads there. It checks what the real ones check (client, redirect
 * address, code and its verifier, token) and says what they say; for tests.
 */
import { createHash, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { CLIENT } from './provider.ts'

export interface GithubAccount {
  id: number
  login: string
  name: string | null
  /** The public address; null where it is kept private. */
  email: string | null
  emails: { email: string; primary: boolean; verified: boolean }[]
}

export interface GoogleAccount {
  sub: string
  email: string
  email_verified: boolean
  name: string
}

export interface OauthHosts {
  /** Whoever agrees next at GitHub, or at Google, is this person. */
  github: GithubAccount | undefined
  google: GoogleAccount | undefined
  /** What GitHub answers about addresses, when not 200. */
  emailsStatus: number
  /** Agrees on the provider's page, to which our server has led; answers where it leads back to. */
  agree: (authorizationUrl: string) => string
  close: () => Promise<void>
}

interface Grant {
  account: GithubAccount | GoogleAccount
  redirectUri: string
  challenge: string | null
  nonce: string | null
}

const HOSTS = new Set([
  ...['github.com', 'api.github.com', 'oauth2.googleapis.com', 'www.googleapis.com'],
])
const KEY_ID = 'a-key-of-the-test'

export async function startOauthHosts(): Promise<OauthHosts> {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const grants = new Map<string, Grant>()
  const tokens = new Map<string, GithubAccount>()
  const realFetch = globalThis.fetch

  /** The grant of a code, which is good once, for the right client, address and verifier. */
  function redeem(form: URLSearchParams): Grant | undefined {
    const code = form.get('code') ?? ''
    const grant = grants.get(code)
    grants.delete(code)
    const verifier = createHash('sha256').update(form.get('code_verifier') ?? '')
    const isRight =
      form.get('client_id') === CLIENT.id &&
      form.get('client_secret') === CLIENT.secret &&
      form.get('redirect_uri') === grant?.redirectUri &&
      (grant?.challenge === null || verifier.digest('base64url') === grant?.challenge)
    return isRight ? grant : undefined
  }

  function idTokenFor({ account, nonce }: Grant): string {
    const seconds = Math.floor(Date.now() / 1_000)
    const claims = { iss: 'https://accounts.google.com', aud: CLIENT.id, iat: seconds, nonce }
    return signJwt({ ...claims, ...account, exp: seconds + 600 }, keys.privateKey)
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host, path } = targetOf(request)
    const account = tokens.get(request.headers.authorization?.slice('Bearer '.length) ?? '')
    const isTokenRequest = path === '/login/oauth/access_token' || path === '/token'
    const grant = isTokenRequest ? redeem(new URLSearchParams(await text(request))) : undefined
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (host === 'github.com' && isTokenRequest) {
      // GitHub says no with 200.
      if (grant === undefined || !('login' in grant.account)) {
        return send(200, { error: 'bad_verification_code' })
      }
      const token = `gho_${randomUUID()}`
      tokens.set(token, grant.account)
      return send(200, { access_token: token, scope: 'read:user,user:email', token_type: 'bearer' })
    }
    if (host === 'oauth2.googleapis.com' && isTokenRequest) {
      if (grant === undefined) return send(400, { error: 'invalid_grant' })
      const token = { access_token: randomUUID(), expires_in: 3_600, token_type: 'Bearer' }
      return send(200, { ...token, id_token: idTokenFor(grant) })
    }
    if (host === 'www.googleapis.com') {
      const key = { ...keys.publicKey.export({ format: 'jwk' }), kid: KEY_ID, alg: 'RS256' }
      return send(200, { keys: [key] })
    }
    if (account === undefined) return send(401, { message: 'Bad credentials' })
    const { emails, ...profile } = account
    if (path === '/user') return send(200, { ...profile, avatar_url: 'https://x.test/a.png' })
    if (path !== '/user/emails') return send(404, { message: 'Not Found' })
    return send(hosts.emailsStatus, hosts.emailsStatus === 200 ? emails : { message: 'No' })
  }

  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server has no other kind of address
  globalThis.fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    if (!HOSTS.has(url.host)) return realFetch(input, init)
    return realFetch(`http://127.0.0.1:${port}/${url.host}${url.pathname}`, init)
  }

  const hosts: OauthHosts = {
    ...{ github: undefined, google: undefined, emailsStatus: 200 },
    agree(authorizationUrl) {
      const { host, searchParams: asked } = new URL(authorizationUrl)
      const account = host === 'github.com' ? hosts.github : hosts.google
      const redirectUri = asked.get('redirect_uri') ?? ''
      if (account === undefined || asked.get('client_id') !== CLIENT.id) {
        throw new Error(`Nobody agrees at ${authorizationUrl}`)
      }
      const code = randomUUID()
      const challenge = asked.get('code_challenge')
      grants.set(code, { account, redirectUri, challenge, nonce: asked.get('nonce') })
      const back = new URL(redirectUri)
      back.searchParams.set('code', code)
      back.searchParams.set('state', asked.get('state') ?? '')
      return back.href
    },
    async close() {
      globalThis.fetch = realFetch
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
  return hosts
}

/** The host that was meant is the first part of the path. */
function targetOf({ url = '' }: IncomingMessage): { host: string; path: string } {
  const [, host = '', ...rest] = url.split('/')
  return { host, path: `/${rest.join('/')}` }
}

function signJwt(claims: object, key: KeyObject): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg: 'RS256', typ: 'JWT', kid: KEY_ID })}.${part(claims)}`
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`
}
