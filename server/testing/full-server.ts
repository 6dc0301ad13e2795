/**
 * A server on which people have done everything that there is to do: by mail, by push, through a
 * provider, as programs, offline, until somebody is erased and what is old is removed; for tests.
 */
import { vi } from 'vitest'
import { providerResponseSchema } from '../../shared/api/sign-in-ways.ts'
import { listChannelsResponseSchema } from '../../shared/api/channels.ts'
import { createTokenResponseSchema } from '../../shared/api/tokens.ts'
import { openReadOnly } from '../database/open-database.ts'
import { mailedToken } from './mailed-links.ts'
import { startMailServer, type MailServer } from './mail-server.ts'
import {
  answer,
  channelPlace,
  notificationsOf,
  say,
  startDm,
  wish,
  type Place,
} from './notified-people.ts'
import { CLIENT, createVisitor, startProvider, type TestProvider } from './provider.ts'
import { startPushService, type PushService } from './push-service.ts'
import type { TestPerson, TestServer, TestServerOptions } from './running-server.ts'
import { startSeededServer, type SeededServer } from './seeded-server.ts'
import { uploadFile } from './upload.ts'

export interface FullServer extends SeededServer {
  close: () => Promise<void>
}

interface Outside {
  mails: MailServer
  push: PushService
  provider: TestProvider
}

const PUBLIC_URL = 'http://chat.test'
/** More than the attic is old, so that what is said there is removed. */
const RETENTION_DAYS = 90

/**
 * `onDone` is told once the seeded server is there, and after each group of deeds, while what they leave
 * for a moment is there.
 */
export async function startFullServer(
  onDone: (server: TestServer) => void,
  options: Pick<TestServerOptions, 'onStatement'> = {},
): Promise<FullServer> {
  const outside: Outside = {
    mails: await startMailServer(),
    push: await startPushService(),
    provider: await startProvider(PUBLIC_URL),
  }
  const seeded = await startSeededServer({
    ...options,
    limits: { segments: { maxMessages: 12, maxClients: 300 }, retentionSweepMs: 50 },
    // Deleted files are to be seen until the test ends.
    files: { sweepIntervalMs: 3_600_000 },
    pushAgent: outside.push.agent,
    environment: {
      ...{ PUBLIC_URL, SMTP_URL: outside.mails.url },
      ...{ OIDC_ISSUER: outside.provider.issuer, OIDC_NAME: 'Example Login' },
      ...{ OIDC_CLIENT_ID: CLIENT.id, OIDC_CLIENT_SECRET: CLIENT.secret },
    },
  })
  onDone(seeded.server)
  const deeds = [signInOtherwise, beNotified, useChannels, useDirectMessages, end]
  for (const deed of deeds) {
    await deed(seeded, outside)
    onDone(seeded.server)
  }
  return {
    ...seeded,
    async close() {
      await seeded.server.close()
      await outside.mails.close()
      await outside.push.close()
      await outside.provider.close()
    },
  }
}

type Deed = (seeded: SeededServer, outside: Outside) => Promise<void>

const signInOtherwise: Deed = async ({ server, ada }, { mails, provider }) => {
  const account = { name: 'Grace', email: 'grace@example.test', email_verified: true }
  provider.accounts.set('grace', { sub: 'grace', ...account })
  const visitor = createVisitor(PUBLIC_URL, server.url)
  const json = { provider: 'oidc', callbackURL: '/inside', errorCallbackURL: '/outside' }
  const begun = await visitor.request('/api/auth/sign-in/social', { method: 'POST', json })
  const { url } = providerResponseSchema.parse(await begun.json())
  await visitor.walk(url, { sub: 'grace' })

  const token = await mailedToken(mails, '/verify-email', ada.email)
  await ada.request('GET', `/api/auth/verify-email?token=${token}`)
  await answer(ada, 'POST', '/api/auth/request-password-reset', { email: ada.email })
  await mailedToken(mails, '/reset-password', ada.email)

  const made = await answer(ada, 'POST', '/api/tokens', { name: 'a program' })
  const authorization = `Bearer ${createTokenResponseSchema.parse(made).token}`
  await fetch(`${server.url}/api/users/me`, { headers: { authorization } })
  await answer(ada, 'PATCH', `/api/users/${ada.userId}`, {
    avatarUrl: 'https://example.test/ada.png',
  })
}

const beNotified: Deed = async ({ server, ada, ben, cleo }, { push }) => {
  push.status = 500
  const browser = push.createBrowser()
  await answer(ben, 'POST', '/api/push/subscriptions', browser)
  await wish(ben, { notifyLevel: 'ALL', notifyReplies: false })
  const [general] = await placesNamed(ada, 'general')
  const names = `<@${ben.userId}> <@${cleo.userId}> URGENT: the server is down, can you help right now?`
  await say(ada, general, names)
  await untilFound(
    server,
    'SELECT 1 FROM notification_outbox WHERE attempts > 0 AND subscription_id IS NOT NULL',
  )
  const [first, second] = (await notificationsOf(cleo)).notifications
  await answer(cleo, 'POST', '/api/notifications/read', { ids: [first?.id] })
  await answer(cleo, 'DELETE', `/api/notifications/${second?.id}`)
  await wish(cleo, {
    ...{ pushEnabled: false, emailEnabled: false, urgentEnabled: false },
    ...{ doNotDisturb: { startMinute: 1_320, endMinute: 420 }, timeZone: 'Europe/Berlin' },
  })
}

const useChannels: Deed = async ({ server, ada, ben }) => {
  const [general, plans] = await placesNamed(ada, 'general', 'plans')
  await fetch(`${server.url}${general.path}/messages`, {
    method: 'POST',
    headers: {
      ...{ cookie: ada.cookie, origin: server.url, 'content-type': 'application/json' },
      'idempotency-key': 'a key of the program',
    },
    body: JSON.stringify({ content: 'Said once' }),
  })
  const question = await say(ada, general, 'Is the tide in?')
  await say(ben, general, 'It is', { replyToId: question.id })
  await fillSegment(ada, general)
  const wishes = { muted: true, notifyLevel: 'NOTHING' }
  await answer(ben, 'PATCH', `${plans.path}/members/${ben.userId}`, wishes)
  await answer(ada, 'PATCH', plans.path, { posting: 'ADMINS', retentionDays: 0 })
  await answer(ada, 'DELETE', plans.path)
  const file = await uploadFile(ben, 'sent nowhere')
  await answer(ben, 'DELETE', `/api/files/${file.id}`)
}

const useDirectMessages: Deed = async ({ ada, ben }) => {
  const dm = await startDm(ada, [ben])
  const first = await say(ada, dm, 'The lmap is out')
  await say(ben, dm, 'Again?', { parentId: first.id })
  const corrected = { content: 'The lamp is out' }
  await answer(ada, 'PATCH', `${dm.path}/messages/${first.id}`, corrected)
  const wrong = await say(ada, dm, 'Not for you')
  await answer(ada, 'DELETE', `${dm.path}/messages/${wrong.id}`)
  const file = await uploadFile(ada, 'a list')
  await answer(ada, 'POST', `${dm.path}/messages`, { content: 'A list', fileIds: [file.id] })
  await fillSegment(ada, dm)
  await answer(ben, 'PATCH', dm.path, { muted: true, notifyLevel: 'NOTHING' })
  await answer(ben, 'PATCH', dm.path, { archived: true })
}

const end: Deed = async ({ server, ada }) => {
  const settings = { retentionDays: RETENTION_DAYS, dmRetentionDays: RETENTION_DAYS }
  await answer(ada, 'PATCH', '/api/workspace/settings', settings)
  const [finn, eve] = [await server.signUp('Finn'), await server.signUp('Eve')]
  await answer(ada, 'DELETE', `/api/users/${finn.userId}`)
  await answer(ada, 'POST', `/api/users/${eve.userId}/erase`, { confirm: eve.email })
  await untilFound(
    server,
    `SELECT 1 FROM users, store_state
     WHERE erasure_completed_at IS NOT NULL AND words_purged_at > 0`,
  )
}

/** Says more than one document takes, and waits until the next one has its first message. */
async function fillSegment(person: TestPerson, place: Place): Promise<void> {
  const { path } = place
  for (let count = 0; count < 13; count += 1) await say(person, place, `Wave ${count}`)
  await until(async () => /"newestSegment":[2-9]/.test(await read(person, path)))
  await say(person, place, 'In the next document')
}

async function read(person: TestPerson, path: string): Promise<string> {
  return (await person.request('GET', path)).text()
}

/** Looks on a connection of its own: what the server's own asks is the server's. */
async function untilFound({ databasePath }: TestServer, sql: string): Promise<void> {
  const reader = openReadOnly(databasePath)
  try {
    const found = reader.prepare(sql)
    await until(() => found.get() !== undefined)
  } finally {
    reader.close()
  }
}

function until(condition: () => boolean | Promise<boolean>): Promise<unknown> {
  return vi.waitUntil(condition, { timeout: 15_000 })
}

async function placesNamed<Slugs extends string[]>(
  person: TestPerson,
  ...slugs: Slugs
): Promise<{ [Index in keyof Slugs]: Place }> {
  const body = await answer(person, 'GET', '/api/channels')
  const { channels } = listChannelsResponseSchema.parse(body)
  const places = slugs.map((slug) => {
    const channel = channels.find((each) => each.slug === slug)
    if (channel === undefined) throw new Error(`There is no channel ${slug}`)
    return channelPlace(channel.id)
  })
  return places as { [Index in keyof Slugs]: Place } // one for each slug
}
