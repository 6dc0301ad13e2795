import { describe, expect, test } from 'vitest'
import { isPublicHost, lookUpPublic } from './public-addresses.ts'

describe('hosts that the server sends to because a browser named them', () => {
  test.each([
    'fcm.googleapis.com',
    'updates.push.services.mozilla.com',
    'web.push.apple.com',
    '8.8.8.8',
    '[2606:4700::1111]',
  ])('may be %s', (host) => {
    expect(isPublicHost(host)).toBe(true)
  })

  test.each([
    'localhost',
    'localhost.',
    'a.localhost',
    'router',
    'nas.local',
    'db.internal',
    '0.0.0.0',
    '127.8.8.8',
    '10.1.2.3',
    '100.64.0.1',
    '169.254.169.254',
    '172.31.0.1',
    '192.168.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '[::]',
    '[::1]',
    '[::ffff:10.0.0.1]',
    '[::ffff:a00:1]',
    '[64:ff9b::a00:1]',
    '[fc00::1]',
    '[fe80::1]',
    '[2002:7f00:1::]',
    '[2001:db8::1]',
  ])('are never %s', (host) => {
    expect(isPublicHost(host)).toBe(false)
  })

  test('are looked up at the moment of connecting, and may not lead home', async () => {
    const found = await new Promise((resolve) => {
      lookUpPublic('localhost', { all: true }, (error, addresses) => resolve({ error, addresses }))
    })
    expect(found).toMatchObject({ error: expect.any(Error), addresses: [] })
  })
})
