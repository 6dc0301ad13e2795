import { verify as verifySignature } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { answer, kindsFor, say, startDm, wish, type Place } from '../../testing/notified-people.ts'
import { startPushService, type PushService, type TestBrowser } from '../../testing/push-service.ts'
import { startTestServer, type TestPerson, type TestServer } from '../../testing/running-server.ts'

const MINUTE_MS = 60_000

let server: TestServer
let push: PushService
let ada: TestPerson
let ben: TestPerson
let dm: Place
/** How far the server's clock is ahead of the machine's. */
let aheadMs: number

beforeEach(async () => {
  aheadMs = 0
  push = await startPushService()
  server = await startTestServer({
    now: () => Date.now() + aheadMs,
    pushAgent: push.agent,
  })
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
  dm = await startDm(ada, [ben])
})
afterEach(async () => {
  await server.close()
  await push.close()
})

async function subscribe(person: TestPerson): Promise<TestBrowser> {
  const browser = push.createBrowser()
  await answer(person, 'POST', '/api/push/subscriptions', browser)
  return browser
}

function outbox(): { attempts: number }[] {
  return server.sqlite
    .prepare<[], { attempts: number }>(
      "SELECT attempts FROM notification_outbox WHERE medium = 'PUSH' ORDER BY id",
    )
    .all()
}

/** Lets time pass; deliveries wake when somebody writes. */
async function pass(minutes: number): Promise<void> {
  aheadMs += minutes * MINUTE_MS
  await say(ben, dm, 'a word to Ada')
}

describe('Web Push', () => {
  const excerpts = (): unknown[] =>
    push.received.map(
      ({ payload }) => z.looseObject({ excerpt: z.string() }).parse(payload).excerpt,
    )

  test('P11.6 reaches every browser of a person once, encrypted for it and signed by this server', async () => {
    await subscribe(ben)
    await subscribe(ben)
    const sent = await say(ada, dm, `<@${ben.userId}> the server is down, call me right now!`)
    await expect.poll(() => push.received.length).toBe(2)
    await expect.poll(() => outbox()).toEqual([])
    const [received] = push.received
    const { payload, headers: { urgency = '', authorization = '' } = {} } = received ?? {}
    expect(payload).toMatchObject({
      kind: 'MENTION',
      conversation: dm.conversation,
      messageId: sent.id,
      actorName: 'Ada',
      excerpt: '@Ben the server is down, call me right now!',
      isUrgent: true,
    })
    expect(urgency).toBe('high')
    const { publicKey } = z
      .object({ publicKey: z.string() })
      .parse(await answer(ben, 'GET', '/api/push/key'))
    const [, head, body, signature = '', k] =
      /^vapid t=([^.]+)\.([^.]+)\.([^,]+), k=(.+)$/.exec(String(authorization)) ?? []
    expect(k).toBe(publicKey)
    const point = Buffer.from(publicKey, 'base64url')
    const jwk = {
      ...{ kty: 'EC', crv: 'P-256' },
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    }
    const key = { key: jwk, format: 'jwk', dsaEncoding: 'ieee-p1363' } as const
    const signed = Buffer.from(`${head}.${body}`)
    expect(verifySignature('sha256', signed, key, Buffer.from(signature, 'base64url'))).toBe(true)
    await server.restart()
    await say(ada, dm, 'and once more')
    await expect.poll(excerpts).toContain('and once more')
    await expect.poll(() => push.received.length).toBe(4)
    await expect.poll(() => outbox()).toEqual([])
    expect(push.requests).toBe(4)
  })

  test('P11.7 is tried again after a failure, also by a server that was restarted meanwhile', async () => {
    await subscribe(ben)
    push.status = 503
    await say(ada, dm, 'hello')
    await expect.poll(() => outbox()).toEqual([{ attempts: 1 }])
    await pass(1)
    await expect.poll(() => outbox()).toEqual([{ attempts: 2 }])
    push.status = 201
    aheadMs += 2 * MINUTE_MS
    await server.restart()
    await expect.poll(excerpts).toEqual(['hello'])
    await expect.poll(() => outbox()).toEqual([])
    expect(push.requests).toBe(3)
  })

  test('P11.7 forgets a browser that is gone, and what it refused', async () => {
    await subscribe(ben)
    push.status = 413
    await say(ada, dm, 'too much')
    await expect.poll(() => push.requests).toBe(1)
    await expect.poll(() => outbox()).toEqual([])
    push.status = 410
    await say(ada, dm, 'gone')
    const count = server.sqlite.prepare('SELECT count(*) FROM push_subscriptions').pluck()
    await expect.poll(() => count.get()).toBe(0)
    expect(outbox()).toEqual([])
    expect(await kindsFor(ben)).toEqual(['DM', 'DM'])
  })

  test('P11.8 leaves people alone who wish so; the list has it all the same', async () => {
    await subscribe(ben)
    const day = { startMinute: 0, endMinute: 1_439 }
    await wish(ben, { doNotDisturb: day, timeZone: 'Asia/Tokyo' })
    // Within the one minute that is not quiet: away from it.
    if (new Date(Date.now() + 9 * 60 * MINUTE_MS).toISOString().slice(11, 16) === '23:59')
      aheadMs = MINUTE_MS
    await say(ada, dm, 'at night')
    await expect.poll(() => outbox()).toEqual([])
    await wish(ben, { doNotDisturb: null })
    server.sqlite.prepare("UPDATE users SET status = 'DND' WHERE id = ?").run(ben.userId)
    await say(ada, dm, 'in a meeting')
    await expect.poll(() => outbox()).toEqual([])
    server.sqlite.prepare('UPDATE users SET status_expires_at = 1 WHERE id = ?').run(ben.userId)
    await wish(ben, { pushEnabled: false })
    await say(ada, dm, 'by no push')
    await wish(ben, { pushEnabled: true })
    await say(ada, dm, 'now')
    await expect.poll(excerpts).toEqual(['now'])
    expect(await kindsFor(ben)).toHaveLength(4)
  })

  test('P11.8 tells nothing more to a browser whose person signed out, or that is another person’s now', async () => {
    const browser = await subscribe(ben)
    push.status = 503
    await say(ada, dm, 'for Ben')
    await expect.poll(() => outbox()).toEqual([{ attempts: 1 }])
    push.status = 201
    await answer(ada, 'POST', '/api/push/subscriptions', browser)
    expect(outbox()).toEqual([])
    await say(ben, dm, 'for Ada')
    await expect.poll(excerpts).toEqual(['for Ada'])
    await answer(ada, 'POST', '/api/auth/sign-out', {})
    await say(ben, dm, 'for nobody')
    expect(outbox()).toEqual([])
  })

  test('P11.9 goes to the open internet alone, and is asked for by a session', async () => {
    const { keys } = push.createBrowser()
    const endpoints = [
      'http://push.services.mozilla.com/x',
      'https://localhost/x',
      'https://10.0.0.1/x',
      'https://[::1]/x',
      'https://[::ffff:127.0.0.1]/x',
      'https://2130706433/x',
      'https://169.254.169.254/latest',
      'https://intranet/x',
      'https://printer.local/x',
      'https://push.services.mozilla.com:8443/x',
      'https://user:secret@push.services.mozilla.com/x',
      'https://:secret@push.services.mozilla.com/x',
    ]
    for (const endpoint of endpoints) {
      const refused = await ben.request('POST', '/api/push/subscriptions', { endpoint, keys })
      expect(`${endpoint} ${refused.status}`).toBe(`${endpoint} 400`)
    }
  })
})
