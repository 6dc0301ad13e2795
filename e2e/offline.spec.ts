import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Browser, type Page } from '@playwright/test'
import { z } from 'zod'
import {
  deleteMessage,
  editMessage,
  expectConnection,
  joinChannel,
  messageOf,
  react,
  readScreen,
  send,
  signUpInBrowser,
  untilInstalled,
} from './testing/chat-page.ts'
import { findFreePort } from './testing/find-free-port.ts'
import { runServerCommand, spawnServer } from './testing/server-process.ts'
import { slackExport } from './testing/slack-export.ts'
import { test } from './testing/test.ts'

let dataDir: string
let unexpected: Error | undefined

test.beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'connectnow-'))
  unexpected = undefined
})
test.afterEach(() => {
  rmSync(dataDir, { recursive: true })
  expect(unexpected).toBeUndefined()
})

async function openBrowser(browser: Browser, url: string, name: string): Promise<Page> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await signUpInBrowser(page, url, name)
  await untilInstalled(page)
  return page
}

const pageSchema = z.object({
  messages: z.array(z.object({ id: z.string(), content: z.string() })),
  nextCursor: z.string().nullable(),
})

/** What the tables have, read over REST as the signed-in person. */
async function readTables(page: Page): Promise<{ id: string; content: string }[]> {
  const channelId = new URL(page.url()).pathname.split('/')[2] ?? ''
  const messages: { id: string; content: string }[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const response = await page.request.get(
      new URL(`/api/channels/${channelId}/messages?limit=100${query}`, page.url()).href,
    )
    const read = pageSchema.parse(await response.json())
    messages.unshift(...read.messages)
    cursor = read.nextCursor
  }
  return messages
}

test('P5 P6 two people with imported history go offline and without a server, and end equal', async ({
  browser,
}) => {
  const { path, channel } = await slackExport(dataDir)
  const imported = await runServerCommand(dataDir, ['import', 'slack', path])
  expect(imported.output).toContain('messages')
  expect(imported.code).toBe(0)
  const port = await findFreePort()
  const start = async (): Promise<{ url: string; stop: () => Promise<void> }> => {
    const starting = await spawnServer(dataDir, (error) => (unexpected = error), { port })
    return starting.listening
  }
  let server = await start()
  const ada = await openBrowser(browser, server.url, 'Ada')
  const ben = await openBrowser(browser, server.url, 'Ben')
  for (const page of [ada, ben]) await joinChannel(page, channel)

  // Online: both see the history and each other.
  const history = await readScreen(ada)
  expect(history.length).toBeGreaterThan(50)
  expect((await readScreen(ben)).length).toBe(history.length)
  await send(ada, 'Ada is here')
  await expect(messageOf(ben, 'Ada is here')).toBeVisible()
  await ben.getByLabel('Message', { exact: true }).pressSequentially('Ben')
  await expect(ada.getByText('Ben is typing…')).toBeVisible()
  await send(ben, 'Ben’s first')
  await send(ben, 'Ben’s second')
  await expect(messageOf(ada, 'Ben’s second')).toBeVisible()

  // Ben loses the network.
  await ben.context().setOffline(true)
  await expectConnection(ben, 'offline')
  await send(ben, 'offline one')
  await editMessage(ben, 'Ben’s first', 'Ben’s first, edited offline')
  await deleteMessage(ben, 'Ben’s second')
  await react(ben, 'Ada is here', '🎉')
  await send(ada, 'Ada goes on')
  await ben.reload()
  await expectConnection(ben, 'offline')
  await expect(messageOf(ben, 'offline one')).toHaveAttribute('data-delivery', 'pending')
  await expect(messageOf(ben, 'Ben’s first, edited offline')).toBeVisible()
  await expect(messageOf(ben, 'Ada is here').getByRole('button', { name: '🎉 by' })).toBeVisible()
  // The history, what is new but the deleted message, and not what Ada wrote meanwhile.
  expect((await readScreen(ben)).length).toBe(history.length + 3)

  // Then the server stops, for Ada too.
  await server.stop()
  await expectConnection(ada, 'offline')
  await send(ada, 'Ada without a server')
  await editMessage(ada, 'Ada goes on', 'Ada goes on, edited without a server')
  await ada.reload()
  await expectConnection(ada, 'offline')
  await expect(messageOf(ada, 'Ada without a server')).toHaveAttribute('data-delivery', 'pending')
  expect((await readScreen(ada)).length).toBe(history.length + 5)
  await send(ben, 'offline two')
  await send(ada, 'Ada again')

  // Both return; nobody does anything.
  server = await start()
  await ben.context().setOffline(false)
  for (const page of [ada, ben]) {
    await expectConnection(page, 'online')
    await expect(messageOf(page, 'offline two')).toBeVisible()
    await expect(messageOf(page, 'Ada again')).toBeVisible()
  }
  await expect
    .poll(async () => (await readScreen(ada)).every(({ delivery }) => delivery === 'sent'))
    .toBe(true)
  const screens = [await readScreen(ada), await readScreen(ben)]
  expect(withoutPresses(screens[0])).toEqual(withoutPresses(screens[1]))
  const texts = (screens[0] ?? []).slice(history.length).map(({ text }) => text)
  for (const written of [
    'Ada is here',
    'Ben’s first, edited offline',
    'offline one',
    'offline two',
    'Ada goes on, edited without a server',
    'Ada without a server',
    'Ada again',
  ]) {
    expect(texts.filter((text) => text.includes(written))).toHaveLength(1)
  }
  const order = ['offline one', 'offline two']
  expect(texts.flatMap((text) => order.filter((each) => text.includes(each)))).toEqual(order)

  // The tables have every message once, in the order of the screens.
  const rows = await readTables(ada)
  const ids = rows.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  const shown = (screens[0] ?? []).map(({ id }) => id)
  expect(ids.filter((id) => shown.includes(id))).toEqual(shown)
  await server.stop()
  const verified = await runServerCommand(dataDir, ['verify'])
  expect(verified).toMatchObject({ code: 0 })
})

/** What both people see; whether it was oneself who wrote or pressed is not part of it. */
function withoutPresses(
  messages: readonly { id: string; text: string }[] | undefined,
): { id: string; text: string }[] {
  return (messages ?? []).map(({ id, text }) => ({ id, text }))
}
