import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { environmentSchema, loadConfig } from './config.ts'

const secret = 'a-secret-of-at-least-thirty-two-characters'

function faultsOf(environment: Record<string, string>): string {
  try {
    loadConfig(environment)
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
  return ''
}

describe('the configuration', () => {
  test('needs no variable at all', () => {
    const config = loadConfig({})
    expect(config.http).toEqual({
      port: 9002,
      host: '0.0.0.0',
      publicUrl: 'http://localhost:9002',
      isProxyTrusted: false,
    })
    expect(config.database.path).toBe(join(config.dataDir, 'connectnow.db'))
    expect(config.auth.secret).toBeUndefined()
  })

  test('takes an empty variable as one that is not set', () => {
    expect(loadConfig({ PORT: '', AUTH_SECRET: '', PUBLIC_URL: '' })).toEqual(loadConfig({}))
  })

  test('follows the variables that are set', () => {
    const config = loadConfig({
      PORT: '8080',
      HOST: '127.0.0.1',
      DATA_DIR: '/srv/connectnow',
      PUBLIC_URL: 'https://chat.example.org',
      LOG_LEVEL: 'debug',
      TRUST_PROXY: 'true',
    })
    expect(config.http).toEqual({
      port: 8080,
      host: '127.0.0.1',
      publicUrl: 'https://chat.example.org',
      isProxyTrusted: true,
    })
    expect(config.database.path).toBe('/srv/connectnow/connectnow.db')
    expect(config.log.level).toBe('debug')
  })

  test('lists every fault at once, by the name of its variable', () => {
    const faults = faultsOf({
      PORT: '70000',
      PUBLIC_URL: 'ftp://chat.example.org',
      LOG_LEVEL: 'loud',
      AUTH_SECRET: 'short',
      TRUST_PROXY: 'perhaps',
      SMTP_URL: 'https://mail.example.org',
      MAIL_FROM: 'nobody',
    })
    const names = ['PORT', 'PUBLIC_URL', 'LOG_LEVEL', 'AUTH_SECRET', 'TRUST_PROXY', 'SMTP_URL']
    names.push('MAIL_FROM')
    expect(names.filter((name) => !faults.includes(`${name}:`))).toEqual([])
  })

  test('takes a provider to sign in with whole, or not at all', () => {
    const faults = faultsOf({ GOOGLE_CLIENT_ID: 'id', OIDC_NAME: 'Login', PORT: 'x' })
    const missing = ['GOOGLE_CLIENT_SECRET', 'OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET']
    expect([...missing, 'PORT'].filter((name) => !faults.includes(`${name}:`))).toEqual([])
    expect(faults).not.toMatch(/GITHUB|GOOGLE_CLIENT_ID|OIDC_NAME/)
    expect(faultsOf({ OIDC_ISSUER: 'http://login.example.org' })).toContain('https://')
    const whole = { OIDC_ISSUER: 'https://login.example.org', OIDC_NAME: 'Login' }
    const { providers } = loadConfig({
      ...{ ...whole, OIDC_CLIENT_ID: 'chat', OIDC_CLIENT_SECRET: 'hush' },
    }).auth
    expect(providers).toMatchObject({
      google: undefined,
      oidc: { name: 'Login', clientId: 'chat' },
    })
  })

  test('never repeats a secret, in a fault or in a dump', () => {
    expect(faultsOf({ AUTH_SECRET: 'short-secret', PORT: 'x' })).not.toContain('short-secret')
    const config = loadConfig({ AUTH_SECRET: secret })
    expect(config.auth.secret?.reveal()).toBe(secret)
    const dumps = [
      JSON.stringify(config),
      inspect(config, { depth: 9 }),
      String(config.auth.secret),
    ]
    expect(dumps.filter((dump) => dump.includes(secret))).toEqual([])
  })

  test('cannot be changed afterwards', () => {
    const config = loadConfig({})
    expect(Object.isFrozen(config)).toBe(true)
    expect(Object.isFrozen(config.limits.updates)).toBe(true)
    expect(() => Object.assign(config.http, { port: 1 })).toThrow(TypeError)
  })
})

describe('.env.example', () => {
  const text = readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8')
  const settings = [...text.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=(.*)$/gm)]

  test('names the variables that the server reads, and no other', () => {
    const named = settings.map(([, name]) => name)
    expect(new Set(named)).toEqual(new Set(Object.keys(environmentSchema.shape)))
  })

  test('shows values that are accepted, and the default where there is one', () => {
    const shown = Object.fromEntries(settings.map(([, name = '', value = '']) => [name, value]))
    expect(environmentSchema.safeParse(shown).error).toBeUndefined()
    for (const [name, value] of Object.entries(environmentSchema.parse({}))) {
      if (value !== undefined) expect(`${name}=${shown[name]}`).toBe(`${name}=${String(value)}`)
    }
  })
})
