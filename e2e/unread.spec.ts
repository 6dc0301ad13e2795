import { expect, type Locator, type Page } from '@playwright/test'
import { z } from 'zod'
import {
  channelIdOf,
  createChannel,
  expectConnection,
  joinChannel,
  messageOf,
  openBrowserOf,
  openChannel,
  requestAs,
  userIdOf,
} from './testing/chat-page.ts'
import { withServer } from './testing/run-server.ts'
import { test } from './testing/test.ts'

const countsSchema = z.object({ unreadCount: z.number(), mentionCount: z.number() })
const notificationsSchema = z.object({ unreadCount: z.number() })

interface Harbour {
  ben: Page
  /** Somebody else writes in the channel that Ben's link leads to. */
  write: (content: string) => Promise<unknown>
  benId: string
  link: Locator
  /** What the server takes for unread in it. */
  unread: () => Promise<number>
  notifications: () => Promise<number>
}

/** Ben is in two channels, and looks at the other one. */
async function openHarbour(
  browser: Parameters<typeof openBrowserOf>[1],
  url: string,
): Promise<Harbour> {
  const ada = await openBrowserOf('Ada', browser, url)
  await createChannel(ada, 'boats')
  await createChannel(ada, 'harbour')
  const path = `/channels/${channelIdOf(ada)}`
  const ben = await openBrowserOf('Ben', browser, url)
  await joinChannel(ben, 'harbour')
  await joinChannel(ben, 'boats')
  return {
    ben,
    benId: await userIdOf(ben, url),
    write: (content) => requestAs(ada, url, 'POST', `${path}/messages`, { content }),
    link: ben.getByRole('link', { name: 'harbour' }),
    unread: async () => countsSchema.parse(await requestAs(ben, url, 'GET', path)).unreadCount,
    notifications: async () =>
      notificationsSchema.parse(await requestAs(ben, url, 'GET', '/notifications')).unreadCount,
  }
}

/** Whether the window of the page has the keyboard: all pages of a test think so. */
async function setFocused(page: Page, isFocused: boolean): Promise<void> {
  await page.evaluate((next) => {
    document.hasFocus = () => next
    globalThis.dispatchEvent(new Event(next ? 'focus' : 'blur'))
  }, isFocused)
}

test('what arrives elsewhere is counted in the list and the title, and opening it reads it', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const { ben, benId, write, link, unread, notifications } = await openHarbour(browser, url)
    await expect(ben).toHaveTitle('boats · ConnectNow')
    await write('The tide is in')
    // By then the server knows that he looks elsewhere.
    await expect(link).toHaveAccessibleName('harbour 1 unread')
    await write(`<@${benId}>, are you there?`)
    await expect(link).toHaveAccessibleName('harbour 2 unread, 1 mention')
    await expect(ben).toHaveTitle('(2) boats · ConnectNow')
    expect(await notifications()).toBe(1)

    await openChannel(ben, 'harbour')
    await expect(link).toHaveAccessibleName('harbour')
    await expect(ben).toHaveTitle('harbour · ConnectNow')
    await expect.poll(unread).toBe(0)
    await expect.poll(notifications).toBe(0)

    // Before his eyes nothing is unread, and nobody is notified of it.
    for (const text of ['one', 'two', 'three']) await write(`<@${benId}> ${text}`)
    await expect(messageOf(ben, 'three')).toBeVisible()
    expect(await notifications()).toBe(0)
    await expect.poll(unread).toBe(0)
    await expect(link).toHaveAccessibleName('harbour')
  })
})

test('what comes while nobody looks stays unread until somebody does', async ({ browser }) => {
  await withServer(async ({ url }) => {
    const { ben, benId, write, link, unread, notifications } = await openHarbour(browser, url)
    await openChannel(ben, 'harbour')
    await setFocused(ben, false)
    await expect
      .poll(async () => {
        await write(`<@${benId}> hello`)
        return notifications()
      })
      .toBeGreaterThan(0)
    await expect(link).toHaveAccessibleName(/^harbour \d+ unread, \d+ mentions?$/)
    expect(await unread()).toBeGreaterThan(0)
    await setFocused(ben, true)
    await expect(link).toHaveAccessibleName('harbour')
    await expect.poll(unread).toBe(0)
    await expect.poll(notifications).toBe(0)
  })
})

test('P6 what is read offline is read on the screen at once, and at the server later', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const { ben, write, link, unread } = await openHarbour(browser, url)
    await write('Something to read on the way')
    await expect(link).toHaveAccessibleName('harbour 1 unread')
    await ben.context().setOffline(true)
    await expectConnection(ben, 'offline')
    await openChannel(ben, 'harbour')
    await expect(link).toHaveAccessibleName('harbour')
    await ben.reload()
    await expect(messageOf(ben, 'Something to read on the way')).toBeVisible()
    await expect(link).toHaveAccessibleName('harbour')
    expect(await unread()).toBe(1)
    await ben.context().setOffline(false)
    await expectConnection(ben, 'online')
    await expect.poll(unread).toBe(0)
    await expect(link).toHaveAccessibleName('harbour')
  })
})
