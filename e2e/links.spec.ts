import { expect, type Browser, type Locator, type Page } from '@playwright/test'
import { z } from 'zod'
import {
  channelIdOf,
  choose,
  createChannel,
  deleteMessage,
  expectConnection,
  joinChannel,
  messageOf,
  openBrowserOf,
  requestAs,
  send,
  signUpInBrowser,
} from './testing/chat-page.ts'
import { withServer } from './testing/run-server.ts'
import { test } from './testing/test.ts'

const MESSAGES = 120
/** So few that the channel has many segments. */
const settings = { SEGMENT_MAX_MESSAGES: '20' }
const messageSchema = z.object({ id: z.string() })

async function post(page: Page, url: string, content: string, parentId?: string): Promise<string> {
  const path = `/channels/${channelIdOf(page)}/messages`
  const answer = await requestAs(page, url, 'POST', path, { content, parentId })
  return messageSchema.parse(answer).id
}

/** A channel of many segments; answers the ids of its messages, which say 1, 2, 3 … */
async function fillChannel(page: Page, url: string): Promise<string[]> {
  await createChannel(page, 'history')
  const ids: string[] = []
  for (let index = 1; index <= MESSAGES; index += 1) {
    ids.push(await post(page, url, `Message number ${index}.`))
  }
  return ids
}

async function openLink(browser: Browser, name: string, url: string): Promise<Page> {
  const page = await browser.newPage()
  await signUpInBrowser(page, new URL(url).origin, name)
  await page.goto(url)
  return page
}

const goalOf = (page: Page): Locator => page.locator('[data-goal="true"]')

async function expectGoal(page: Page, text: string): Promise<void> {
  await expect(goalOf(page)).toHaveCount(1)
  await expect(goalOf(page)).toContainText(text)
  await expect(goalOf(page)).toBeInViewport()
  await expect(goalOf(page)).toBeFocused()
}

test('a link is copied, and opens its message in a browser that has no copy of anything', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const context = await browser.newContext({
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    const ada = await context.newPage()
    await signUpInBrowser(ada, url, 'Ada')
    const ids = await fillChannel(ada, url)
    await expect(messageOf(ada, `number ${MESSAGES}.`)).toBeVisible()
    await choose(ada, `number ${MESSAGES}.`, 'Copy link')
    await expect(ada.getByText('Link copied')).toBeVisible()
    const link = await ada.evaluate(() => navigator.clipboard.readText())
    expect(new URL(link).pathname).toBe(`/channels/${channelIdOf(ada)}/messages/${ids.at(-1)}`)

    const ben = await openLink(browser, 'Ben', link)
    await expectGoal(ben, `number ${MESSAGES}.`)

    // An old one, too.
    await ben.goto(link.replace(ids.at(-1) ?? '', ids[9] ?? ''))
    await expectGoal(ben, 'number 10.')

    // What is new does not stand behind it; the button leads there, and Back to the link.
    await post(ada, url, 'Something new')
    await expect(messageOf(ada, 'Something new')).toBeVisible()
    await expect(ben.getByText('Something new')).toHaveCount(0)
    await ben.getByRole('button', { name: 'Newest' }).click()
    await expect(messageOf(ben, 'Something new')).toBeInViewport()
    await expect(goalOf(ben)).toHaveCount(0)
    expect(new URL(ben.url()).pathname).toBe(`/channels/${channelIdOf(ada)}`)
    await ben.goBack()
    await expectGoal(ben, `number ${MESSAGES}.`)
    await context.close()
    await ben.close()
  }, settings)
})

test('from an old message one reads on to the newest; what one writes leads there at once', async ({
  page,
}) => {
  await withServer(async ({ url }) => {
    await signUpInBrowser(page, url, 'Ada')
    const ids = await fillChannel(page, url)
    await page.goto(`${url}/channels/${channelIdOf(page)}/messages/${ids[39]}`)
    await expectGoal(page, 'number 40.')
    const seen = await scrollToEnd(page)
    expect(seen).toEqual(Array.from({ length: MESSAGES - 40 }, (_, index) => index + 41))

    await page.goto(`${url}/channels/${channelIdOf(page)}/messages/${ids[9]}`)
    await expectGoal(page, 'number 10.')
    await send(page, 'Written far from the end')
    await expect(messageOf(page, 'Written far from the end')).toBeInViewport()
    await expect(messageOf(page, `number ${MESSAGES}.`)).toBeInViewport()
    await expect(goalOf(page)).toHaveCount(0)
  }, settings)
})

/** Reads from what is on the screen to the end; answers the numbers above 40 in the order met. */
async function scrollToEnd(page: Page): Promise<number[]> {
  const seen: number[] = []
  const list = page.getByRole('log').first()
  const last = messageOf(page, `number ${MESSAGES}.`)
  while (!(await last.isVisible())) {
    for (const text of await list.getByRole('article').allTextContents()) note(seen, text)
    await list.evaluate((element) => {
      element.scrollTop += element.clientHeight / 2
    })
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
  }
  for (const text of await list.getByRole('article').allTextContents()) note(seen, text)
  return seen
}

function note(seen: number[], text: string): void {
  const number = Number(/number (\d+)\./.exec(text)?.[1])
  if (number > 40 && !seen.includes(number)) seen.push(number)
}

test('a link to a reply opens its thread, however far apart they are', async ({
  page,
  browser,
}) => {
  await withServer(async ({ url }) => {
    await signUpInBrowser(page, url, 'Ada')
    const ids = await fillChannel(page, url)
    const reply = await post(page, url, 'A late answer', ids[4])
    const link = `${url}/channels/${channelIdOf(page)}/messages/${reply}`
    // All of it is here, and the pane takes room from the list that goes to its message.
    await expect(messageOf(page, `number ${MESSAGES}.`)).toBeVisible()
    await page.goto(link)
    await expectGoal(page, 'A late answer')
    await expect(page.getByRole('log').first().getByText('Message number 5.')).toBeInViewport()
    const ben = await openLink(browser, 'Ben', link)
    const thread = ben.getByRole('region', { name: 'Thread' })
    await expect(thread.getByText('Message number 5.')).toBeVisible()
    await expectGoal(ben, 'A late answer')
    await expect(ben.getByRole('log').first().getByText('Message number 5.')).toBeInViewport()
    // The thread stays while one reads elsewhere.
    await ben.getByRole('button', { name: 'Newest' }).first().click()
    await expect(messageOf(ben, `number ${MESSAGES}.`)).toBeVisible()
    await expect(thread.getByRole('article').getByText('A late answer')).toBeVisible()
    await ben.getByRole('button', { name: 'Close thread' }).click()
    await expect(thread).toHaveCount(0)
    await ben.close()
  }, settings)
})

test('offline a link opens what is on the device, and says what is not until it comes', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const ada = await openBrowserOf('Ada', browser, url)
    const ids = await fillChannel(ada, url)
    const path = `${url}/channels/${channelIdOf(ada)}/messages`
    await expect(ada.getByText('Getting your history')).toHaveCount(0)
    await expect
      .poll(() =>
        ada.evaluate(async () => {
          const databases = await indexedDB.databases()
          return databases.filter(({ name }) => name?.includes('-channel:')).length
        }),
      )
      .toBeGreaterThan(5)
    await expectConnection(ada, 'online')
    await ada.context().setOffline(true)
    await ada.goto(`${path}/${ids[29]}`)
    await expectGoal(ada, 'number 30.')

    await ada.context().setOffline(false)
    await expectConnection(ada, 'online')
    const ben = await openBrowserOf('Ben', browser, url)
    await joinChannel(ben, 'history')
    await ben.context().setOffline(true)
    await expectConnection(ben, 'offline')
    const late = await post(ada, url, 'Said while Ben was away')
    await ben.goto(`${path}/${late}`)
    await expect(ben.getByText('The message of this link is not on this device.')).toBeVisible()
    await ben.context().setOffline(false)
    await expectGoal(ben, 'Said while Ben was away')
    for (const each of [ada, ben]) await each.context().close()
  }, settings)
})

test('a link that leads nowhere says so: deleted, never there, or none of one’s business', async ({
  page,
  browser,
}) => {
  await withServer(async ({ url }) => {
    await signUpInBrowser(page, url, 'Ada')
    await createChannel(page, 'general')
    await send(page, 'Stays')
    await send(page, 'Goes')
    const gone = await messageOf(page, 'Goes').getAttribute('data-message-id')
    await deleteMessage(page, 'Goes')
    const path = `${url}/channels/${channelIdOf(page)}/messages`
    await page.goto(`${path}/${gone}`)
    await expectGoal(page, 'This message was deleted.')

    const notFound = 'The message of this link is not there, or you have no access to it.'
    await page.goto(`${path}/0193a5a0-0000-7000-8000-000000000009`)
    await expect(page.getByText(notFound)).toBeVisible()
    // The keyboard is where it is without a link, and not nowhere.
    const composer = page.getByLabel('Message', { exact: true })
    await expect(composer).toBeFocused()
    await page.getByRole('button', { name: 'Show newest messages' }).click()
    await expect(page.getByText(notFound)).toHaveCount(0)
    await expect(composer).toBeFocused()
    await expect(messageOf(page, 'Stays')).toBeVisible()

    await createChannel(page, 'secret', true)
    await send(page, 'For us')
    const id = await messageOf(page, 'For us').getAttribute('data-message-id')
    const secret = `${url}/channels/${channelIdOf(page)}/messages/${id}`
    const stranger = await openLink(browser, 'Stranger', secret)
    await expect(stranger.getByText(notFound)).toBeVisible()
    await expect(stranger.getByText('For us')).toHaveCount(0)
    await stranger.close()
  })
})

test('a pinned message is gone to from the list of pins, again and again', async ({ page }) => {
  await withServer(async ({ url }) => {
    await signUpInBrowser(page, url, 'Ada')
    await fillChannel(page, url)
    await expect(messageOf(page, `number ${MESSAGES}.`)).toBeVisible()
    await page.getByRole('log').first().focus()
    const pinned = `number ${MESSAGES - 30}.`
    await expect(async () => {
      await page.keyboard.press('PageUp')
      await expect(messageOf(page, pinned)).toBeInViewport({ timeout: 500 })
    }).toPass()
    await choose(page, pinned, 'Pin')
    for (let round = 0; round < 2; round += 1) {
      await send(page, `Round ${round}`)
      await page.getByRole('button', { name: 'Conversation menu' }).click()
      await page.getByRole('menuitem', { name: 'Pinned messages' }).click()
      await page.getByRole('button', { name: 'Go to message' }).click()
      await expectGoal(page, pinned)
    }
  }, settings)
})
