import { verify as verifySignature } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { formatUserDocumentName } from '../../shared/document/names.ts'
import { startMailServer, type MailServer } from '../testing/mail-server.ts'
import {
  answer,
  kindsFor,
  notificationsOf,
  say,
  startDm,
  wish,
  type Place,
} from '../testing/notified-people.ts'
import { startPushService, type PushService, type TestBrowser } from '../testing/push-service.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { connect } from '../testing/sync-client.ts'

const MINUTE_MS = 60_000

let server: TestServer
let push: PushService
let mail: MailServer
let ada: TestPerson
let ben: TestPerson
let dm: Place
/** How far the server's clock is ahead of the machine's. */
let aheadMs: number

beforeEach(async () => {
  aheadMs = 0
  push = await startPushService()
  mail = await startMailServer()
  server = await startTestServer({
    now: () => Date.now() + aheadMs,
    pushAgent: push.agent,
    environment: { SMTP_URL: mail.url, PUBLIC_URL: 'https://chat.test' },
  })
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
  dm = await startDm(ada, [ben])
  // Everybody is asked whether the address is theirs.
  await expect.poll(() => mail.received).toHaveLength(2)
  mail.received.splice(0)
})
afterEach(async () => {
  await server.close()
  await push.close()
  await mail.close()
})

async function subscribe(person: TestPerson): Promise<TestBrowser> {
  const browser = push.createBrowser()
  await answer(person, 'POST', '/api/push/subscriptions', browser)
  return browser
}

function outbox(medium: 'PUSH' | 'EMAIL'): { attempts: number }[] {
  return server.sqlite
    .prepare<[string], { attempts: number }>(
      'SELECT attempts FROM notification_outbox WHERE medium = ? ORDER BY id',
    )
    .all(medium)
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
    await expect.poll(() => outbox('PUSH')).toEqual([])
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
    await expect.poll(() => outbox('PUSH')).toEqual([])
    expect(push.requests).toBe(4)
  })

  test('P11.7 is tried again after a failure, also by a server that was restarted meanwhile', async () => {
    await subscribe(ben)
    push.status = 503
    await say(ada, dm, 'hello')
    await expect.poll(() => outbox('PUSH')).toEqual([{ attempts: 1 }])
    await pass(1)
    await expect.poll(() => outbox('PUSH')).toEqual([{ attempts: 2 }])
    push.status = 201
    aheadMs += 2 * MINUTE_MS
    await server.restart()
    await expect.poll(excerpts).toEqual(['hello'])
    await expect.poll(() => outbox('PUSH')).toEqual([])
    expect(push.requests).toBe(3)
  })

  test('P11.7 forgets a browser that is gone, and what it refused', async () => {
    await subscribe(ben)
    push.status = 413
    await say(ada, dm, 'too much')
    await expect.poll(() => push.requests).toBe(1)
    await expect.poll(() => outbox('PUSH')).toEqual([])
    push.status = 410
    await say(ada, dm, 'gone')
    const count = server.sqlite.prepare('SELECT count(*) FROM push_subscriptions').pluck()
    await expect.poll(() => count.get()).toBe(0)
    expect(outbox('PUSH')).toEqual([])
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
    await expect.poll(() => outbox('PUSH')).toEqual([])
    await wish(ben, { doNotDisturb: null })
    server.sqlite.prepare("UPDATE users SET status = 'DND' WHERE id = ?").run(ben.userId)
    await say(ada, dm, 'in a meeting')
    await expect.poll(() => outbox('PUSH')).toEqual([])
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
    await expect.poll(() => outbox('PUSH')).toEqual([{ attempts: 1 }])
    push.status = 201
    await answer(ada, 'POST', '/api/push/subscriptions', browser)
    expect(outbox('PUSH')).toEqual([])
    await say(ben, dm, 'for Ada')
    await expect.poll(excerpts).toEqual(['for Ada'])
    await answer(ada, 'POST', '/api/auth/sign-out', {})
    await say(ben, dm, 'for nobody')
    expect(outbox('PUSH')).toEqual([])
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
    ]
    for (const endpoint of endpoints) {
      const refused = await ben.request('POST', '/api/push/subscriptions', { endpoint, keys })
      expect(`${endpoint} ${refused.status}`).toBe(`${endpoint} 400`)
    }
  })
})

describe('e-mail', () => {
  test('P11.10 brings what was not read in one mail, to whoever is away', async () => {
    await say(ada, dm, 'first')
    await say(ada, dm, 'second <b>')
    await say(ada, dm, 'third')
    const { notifications } = await notificationsOf(ben)
    const third = notifications.find(({ excerpt }) => excerpt === 'third')
    await answer(ben, 'POST', '/api/notifications/read', { ids: [third?.id] })
    await pass(9)
    expect(mail.received).toEqual([])
    await pass(2)
    await expect.poll(() => mail.received.filter(({ to }) => to[0] === ben.email)).toHaveLength(1)
    const source = mail.received[0]?.source.replaceAll('=\r\n', '') ?? ''
    expect(source).toContain('Subject: 2 messages that you have not read')
    expect(source).toContain('second &lt;b&gt;')
    expect(source).not.toContain('third')
    expect(source).toContain('https://chat.test/dms/')
    await server.restart()
    await pass(20)
    await expect
      .poll(() => mail.received.filter(({ to }) => to[0] === ada.email).length)
      .toBeGreaterThan(0)
    expect(mail.received.filter(({ to }) => to[0] === ben.email)).toHaveLength(1)
  })

  test('P11.10 says sooner what is urgent, and nothing to whoever is here', async () => {
    const client = connect(server, ben)
    const own = client.open(formatUserDocumentName(ben.userId))
    await own.synced
    await say(ada, dm, 'emergency, the cellar is flooding, come right now!')
    await pass(3)
    await expect.poll(() => outbox('EMAIL').length).toBeGreaterThan(0)
    expect(mail.received.filter(({ to }) => to[0] === ben.email)).toEqual([])
    client.close()
    await expect
      .poll(
        async () => {
          await pass(11)
          return mail.received.filter(({ to }) => to[0] === ben.email).length
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBe(1)
    expect(mail.received.find(({ to }) => to[0] === ben.email)?.source).toContain('Urgent: Ada')
  }, 30_000)

  test('P11.7 is tried again when the mail server does not take it, and given up when it never will', async () => {
    mail.refuseWith = 451
    await say(ada, dm, 'hello')
    await pass(11)
    await expect.poll(() => outbox('EMAIL')[0]).toEqual({ attempts: 1 })
    mail.refuseWith = undefined
    aheadMs += 2 * MINUTE_MS
    await server.restart()
    await expect.poll(() => mail.received.filter(({ to }) => to[0] === ben.email)).toHaveLength(1)
    mail.refuseWith = 550
    await say(ada, dm, 'again')
    aheadMs += 11 * MINUTE_MS
    await server.restart()
    await expect.poll(() => outbox('EMAIL')).toEqual([])
    expect(mail.received.filter(({ to }) => to[0] === ben.email)).toHaveLength(1)
  })

  test('P11.8 waits for the end of the quiet hours', async () => {
    await say(ada, dm, 'hello')
    const minute = Math.floor((Date.now() / MINUTE_MS) % 1_440)
    const endMinute = (minute + 60) % 1_440
    await wish(ben, { doNotDisturb: { startMinute: minute, endMinute }, timeZone: 'UTC' })
    await pass(12)
    const dueInMinutes = server.sqlite
      .prepare(
        `SELECT (next_attempt_at - ?) / ${MINUTE_MS} FROM notification_outbox AS o
         JOIN notifications ON notifications.id = notification_id
         WHERE medium = 'EMAIL' AND user_id = ?`,
      )
      .pluck()
    await expect
      .poll(() => dueInMinutes.get(Date.now() + aheadMs, ben.userId))
      .toBeGreaterThanOrEqual(45)
    expect(mail.received).toEqual([])
    await pass(50)
    await expect.poll(() => mail.received.filter(({ to }) => to[0] === ben.email)).toHaveLength(1)
  })
})
