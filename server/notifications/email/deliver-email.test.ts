import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { formatUserDocumentName } from '../../../shared/document/names.ts'
import { dmSchema } from '../../../shared/api/dms.ts'
import { userSchema } from '../../../shared/api/users.ts'
import { mailedToken } from '../../testing/mailed-links.ts'
import { startMailServer, type MailServer, type ReceivedMail } from '../../testing/mail-server.ts'
import {
  answer,
  channelPlace,
  notificationsOf,
  say,
  startDm,
  wish,
  type Place,
} from '../../testing/notified-people.ts'
import { startTestServer, type TestPerson, type TestServer } from '../../testing/running-server.ts'
import { connect } from '../../testing/sync-client.ts'

const MINUTE_MS = 60_000

let server: TestServer
let mail: MailServer
let ada: TestPerson
let ben: TestPerson
let dm: Place
/** How far the server's clock is ahead of the machine's. */
let aheadMs: number

beforeEach(async () => {
  aheadMs = 0
  mail = await startMailServer()
  server = await startTestServer({
    now: () => Date.now() + aheadMs,
    environment: { SMTP_URL: mail.url, PUBLIC_URL: 'https://chat.test' },
  })
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
  dm = await startDm(ada, [ben])
  for (const person of [ada, ben]) await proveAddress(person)
  mail.received.splice(0)
})
afterEach(async () => {
  await server.close()
  await mail.close()
})

/** Follows the link that everybody is sent who signs up. */
async function proveAddress(person: TestPerson): Promise<void> {
  const token = await mailedToken(mail, '/verify-email', person.email)
  await answer(person, 'GET', `/api/auth/verify-email?token=${token}`)
}

function outbox(): { attempts: number }[] {
  return server.sqlite
    .prepare<[], { attempts: number }>(
      "SELECT attempts FROM notification_outbox WHERE medium = 'EMAIL' ORDER BY id",
    )
    .all()
}

function waitingFor(userId: string): unknown[] {
  return server.sqlite
    .prepare(
      `SELECT o.id FROM notification_outbox AS o
       JOIN notifications AS n ON n.id = o.notification_id
       WHERE medium = 'EMAIL' AND n.user_id = ?`,
    )
    .all(userId)
}

function mailsTo(person: TestPerson): ReceivedMail[] {
  return mail.received.filter(({ to }) => to[0] === person.email)
}

/** With the soft line breaks of quoted-printable taken out. */
function sourceOf(received: ReceivedMail | undefined): string {
  return received?.source.replaceAll('=\r\n', '').replaceAll('=3D', '=') ?? ''
}

/** Lets time pass; deliveries wake when somebody writes. */
async function pass(minutes: number): Promise<void> {
  aheadMs += minutes * MINUTE_MS
  await say(ben, dm, 'a word to Ada')
}

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
    await expect.poll(() => mailsTo(ben)).toHaveLength(1)
    const source = sourceOf(mailsTo(ben)[0])
    expect(source).toContain('Subject: 2 messages that you have not read')
    expect(source).toContain('second &lt;b&gt;')
    expect(source).not.toContain('third')
    expect(source).toContain('https://chat.test/dms/')
    await server.restart()
    await pass(20)
    await expect.poll(() => mailsTo(ada).length).toBeGreaterThan(0)
    expect(mailsTo(ben)).toHaveLength(1)
  })

  test('P11.10 says sooner what is urgent, and nothing to whoever is here', async () => {
    const client = connect(server, ben)
    const own = client.open(formatUserDocumentName(ben.userId))
    await own.synced
    await say(ada, dm, 'emergency, the cellar is flooding, come right now!')
    await pass(3)
    await expect.poll(() => outbox().length).toBeGreaterThan(0)
    expect(mailsTo(ben)).toEqual([])
    client.close()
    await expect
      .poll(
        async () => {
          await pass(11)
          return mailsTo(ben).length
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBe(1)
    expect(mailsTo(ben)[0]?.source).toContain('Urgent: Ada')
  }, 30_000)

  test('P11.7 is tried again when the mail server does not take it, and given up when it never will', async () => {
    mail.refuseWith = 451
    await say(ada, dm, 'hello')
    await pass(11)
    await expect.poll(() => outbox()[0]).toEqual({ attempts: 1 })
    mail.refuseWith = undefined
    aheadMs += 2 * MINUTE_MS
    await server.restart()
    await expect.poll(() => mailsTo(ben)).toHaveLength(1)
    mail.refuseWith = 550
    await say(ada, dm, 'again')
    aheadMs += 11 * MINUTE_MS
    await server.restart()
    await expect.poll(() => outbox()).toEqual([])
    expect(mailsTo(ben)).toHaveLength(1)
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
    await expect.poll(() => mailsTo(ben)).toHaveLength(1)
  })

  test('P11.10 goes to proven addresses alone, also of people whom an admin has made', async () => {
    const cleo = await server.signUp('Cleo')
    const made = await answer(ada, 'POST', '/api/users', {
      email: 'nova@example.test',
      name: 'Nova',
    })
    const { id } = userSchema.parse(made)
    const participantIds = [ben.userId, cleo.userId, id]
    const all = dmSchema.parse(await answer(ada, 'POST', '/api/dm', { participantIds }))
    const place: Place = { path: `/api/dm/${all.id}`, conversation: { kind: 'dm', id: all.id } }
    await say(ada, place, 'for those who are who they say')
    // An address that is not proven any more when the mail would go out.
    await say(ada, dm, 'hello')
    await pass(11)
    await expect.poll(() => mailsTo(ben)).toHaveLength(1)
    await proveAddress(cleo)
    await say(ada, place, 'again')
    server.sqlite.prepare('UPDATE users SET email_verified = 0 WHERE id = ?').run(ben.userId)
    await pass(11)
    await expect.poll(() => mailsTo(cleo).map(({ source }) => /again/.test(source))).toContain(true)
    await expect.poll(() => participantIds.flatMap(waitingFor)).toEqual([])
    expect(mailsTo(ben)).toHaveLength(1)
    expect(mail.received.map(({ to }) => to[0])).not.toContain('nova@example.test')
    expect(sourceOf(mailsTo(cleo).at(-1))).not.toContain('who they say')
  })

  test('P11.8 tells nothing of what was deleted, dismissed, muted or out of reach by then', async () => {
    const places: Place[] = []
    for (const slug of ['left', 'muted', 'silent', 'heard']) {
      const { id } = await server.createChannel(ada, { name: slug, slug, type: 'PRIVATE' })
      const place = channelPlace(id)
      await answer(ada, 'POST', `${place.path}/members`, { userId: ben.userId })
      places.push(place)
    }
    const [left, muted, silent, heard] = places
    if (!left || !muted || !silent || !heard) throw new Error('Four channels were made')
    for (const place of places) await say(ada, place, `<@${ben.userId}> in ${place.path}`)
    const deleted = await say(ada, heard, `<@${ben.userId}> a slip of the tongue`)
    await say(ada, heard, `<@${ben.userId}> seen to`)
    const { notifications } = await notificationsOf(ben)
    const [newest] = notifications
    await answer(ben, 'DELETE', `/api/notifications/${newest?.id}`)
    await answer(ada, 'DELETE', `${heard.path}/messages/${deleted.id}`)
    await answer(ada, 'DELETE', `${left.path}/members/${ben.userId}`)
    await answer(ben, 'PATCH', `${muted.path}/members/${ben.userId}`, { muted: true })
    await answer(ben, 'PATCH', `${silent.path}/members/${ben.userId}`, { notifyLevel: 'NOTHING' })
    await pass(11)
    await expect.poll(() => mailsTo(ben)).toHaveLength(1)
    const source = sourceOf(mailsTo(ben)[0])
    expect(source).toContain('Subject: Ada mentioned you in heard')
    for (const gone of ['slip', 'seen to', left.path, muted.path, silent.path]) {
      expect(source).not.toContain(gone)
    }
  })

  test('P11.7 gives each message its own attempts, at intervals that new ones do not shorten', async () => {
    const set = server.sqlite.prepare(
      "UPDATE notification_outbox SET attempts = ?, next_attempt_at = ? WHERE medium = 'EMAIL'",
    )
    mail.refuseWith = 451
    await say(ada, dm, 'old')
    set.run(5, Date.now() + 5 * 60 * MINUTE_MS)
    await say(ada, dm, 'new')
    await pass(11)
    const bens = (): unknown[] =>
      server.sqlite
        .prepare(
          `SELECT o.attempts, CAST((o.next_attempt_at - ?) / ${60 * MINUTE_MS} AS INTEGER) AS hours
           FROM notification_outbox AS o JOIN notifications AS n ON n.id = o.notification_id
           WHERE o.medium = 'EMAIL' AND n.user_id = ? ORDER BY o.id`,
        )
        .all(Date.now() + aheadMs, ben.userId)
    await expect.poll(bens).toEqual([
      { attempts: 5, hours: 4 },
      { attempts: 0, hours: 4 },
    ])
    server.sqlite.prepare('UPDATE notification_outbox SET attempts = 9 WHERE attempts = 5').run()
    await pass(5 * 60)
    await expect.poll(bens).toEqual([{ attempts: 1, hours: 0 }])
    mail.refuseWith = undefined
    await pass(1)
    await expect.poll(() => mailsTo(ben)).toHaveLength(1)
    expect(sourceOf(mailsTo(ben)[0])).toContain('Subject: Ada wrote to you')
  })

  test('P11.13 ends by the link in it, with one click or after a question, for its person alone', async () => {
    await say(ada, dm, 'hello')
    await pass(11)
    await expect.poll(() => mailsTo(ben)).toHaveLength(1)
    const source = sourceOf(mailsTo(ben)[0])
    expect(source).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click')
    const unfolded = source.replaceAll(/\r\n[ \t]+/g, ' ')
    const [, link = ''] = /^List-Unsubscribe: <(.+)>\r$/m.exec(unfolded) ?? []
    expect(source.split(link)).toHaveLength(4)
    const url = link.replace('https://chat.test', server.url)
    const wishes = async (person: TestPerson): Promise<unknown> =>
      answer(person, 'GET', `/api/users/${person.userId}/preferences`)

    // Scanners follow links: that alone changes nothing.
    const asked = await fetch(url)
    const page = await asked.text()
    expect(page).toContain('<form method="post">')
    // A browser that is to tell nobody where it comes from sends the form from nowhere, as others' sites do.
    expect([asked.headers.get('referrer-policy'), page.includes('referrer')]).toEqual([
      'same-origin',
      false,
    ])
    const pressed = (origin: string): Promise<Response> =>
      fetch(url, { method: 'POST', headers: { origin } })
    expect((await pressed('null')).status).toBe(403)
    expect(await wishes(ben)).toMatchObject({ emailEnabled: true })
    const forged = url.replace(ben.userId, ada.userId)
    for (const wrong of [forged, `${url.slice(0, -2)}AA`, url.split('.').slice(0, -1).join('.')]) {
      expect((await fetch(wrong, { method: 'POST' })).status).toBe(404)
    }
    await say(ada, dm, 'still on its way')
    const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
    expect((await fetch(url, { method: 'POST', body })).status).toBe(200)
    expect((await pressed('https://chat.test')).status).toBe(200)
    expect(await wishes(ben)).toMatchObject({ emailEnabled: false })
    expect(await wishes(ada)).toMatchObject({ emailEnabled: true })
    await pass(11)
    await expect.poll(outbox).toEqual([])
    expect(mailsTo(ben)).toHaveLength(1)

    // An address that is theirs no more ends nothing.
    server.sqlite.prepare("UPDATE users SET email = 'b@a.test' WHERE id = ?").run(ben.userId)
    expect((await fetch(url, { method: 'POST', body })).status).toBe(404)
  })
})
