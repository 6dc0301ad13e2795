import { expect, type Page } from '@playwright/test'
import {
  channelIdOf,
  createChannel,
  expectConnection,
  joinChannel,
  messageOf,
  react,
  requestAs,
  send,
  signUpInBrowser,
} from './testing/chat-page.ts'
import { withServer } from './testing/run-server.ts'
import { test } from './testing/test.ts'

const MESSAGES = 80

/** Where each message on the screen stands, by its text. */
function places(page: Page): Promise<Record<string, number>> {
  return page
    .getByRole('log')
    .first()
    .evaluate((list) =>
      Object.fromEntries(
        [...list.querySelectorAll('article')].map((row) => [
          /number \d+\./.exec(row.textContent)?.[0] ?? '',
          Math.round(row.getBoundingClientRect().bottom),
        ]),
      ),
    )
}

async function deleteDocuments(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (const { name } of await indexedDB.databases()) {
      if (name === undefined || !/-channel:|-facts$/.test(name)) continue
      await new Promise((resolve, reject) => {
        const request = indexedDB.deleteDatabase(name)
        request.addEventListener('success', resolve)
        request.addEventListener('error', reject)
      })
    }
  })
}

test('P4 a device without a copy shows the newest messages at once, and the documents follow unseen', async ({
  page,
  browser,
}) => {
  await withServer(async ({ url }) => {
    await signUpInBrowser(page, url, 'Ada')
    await createChannel(page, 'general')
    const id = channelIdOf(page)
    for (let index = 1; index <= MESSAGES; index += 1) {
      const content = `Message number ${index}.`
      await requestAs(page, url, 'POST', `/channels/${id}/messages`, { content })
    }
    const ben = await browser.newPage()
    await signUpInBrowser(ben, url, 'Ben')
    await joinChannel(ben, 'general')
    await expect(messageOf(ben, `number ${MESSAGES}.`)).toBeVisible()
    // What a new device knows of it: the directory, and no document.
    await ben.goto(`${url}/api/health`)
    await deleteDocuments(ben)

    // The server is there, but its documents are not, until the test lets them pass.
    let release = (): void => undefined
    const released = new Promise<void>((resolve) => (release = resolve))
    await ben.routeWebSocket(/\/sync/, async (socket) => {
      await released
      socket.connectToServer()
    })
    await ben.goto(`${url}/channels/${id}`)
    await expect(messageOf(ben, `number ${MESSAGES}.`)).toBeInViewport()
    await send(ben, 'Written before any document was there')
    await expect(messageOf(ben, 'Written before')).toHaveAttribute('data-delivery', 'pending')
    await react(ben, `number ${MESSAGES}.`, '🎉')
    const before = await places(ben)

    release()
    await expectConnection(ben, 'online')
    await expect(messageOf(ben, 'Written before')).toHaveAttribute('data-delivery', 'sent')
    await expect(messageOf(page, 'Written before')).toBeVisible()
    await expect(
      messageOf(page, `number ${MESSAGES}.`).getByRole('button', { name: '🎉 by Ben' }),
    ).toBeVisible()
    const after = await places(ben)
    const newest = `number ${MESSAGES}.`
    expect(after[newest]).toBeDefined()
    expect(Math.abs((after[newest] ?? 0) - (before[newest] ?? 0))).toBeLessThan(30)
    for (const shown of Object.keys(before)) expect(Object.keys(after)).toContain(shown)

    // What came before the page is there as well.
    await ben.getByRole('log').first().focus()
    await ben.keyboard.press('Home')
    await expect(messageOf(ben, 'number 1.')).toHaveCount(1)
    await ben.close()
  })
})
