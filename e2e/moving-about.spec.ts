import { expect } from '@playwright/test'
import {
  createChannel,
  choose,
  messageOf,
  openChannel,
  send,
  signUpInBrowser,
} from './testing/chat-page.ts'
import { withServer } from './testing/run-server.ts'
import { test } from './testing/test.ts'

/** Each taller than a screen is wide. */
const LONG = 'A line of the log book.\n\n'.repeat(12)

test('what one sends comes into view, and ways back lead back', async ({ page }) => {
  await withServer(async ({ url }) => {
    await page.setViewportSize({ width: 375, height: 700 })
    await signUpInBrowser(page, url, 'Ada')
    await createChannel(page, 'lighthouse')
    for (const number of [1, 2, 3, 4, 5, 6]) await send(page, `${LONG}Page ${number}`)
    await page.getByRole('log').focus()
    await page.keyboard.press('Home')
    await expect(messageOf(page, 'Page 1')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Newest' })).toBeVisible()
    const composer = page.getByLabel('Message', { exact: true })
    await composer.fill('Written while reading the first page')
    await composer.press('Enter')
    await expect(messageOf(page, 'while reading the first page')).toBeInViewport()
    await expect(page.getByRole('button', { name: 'Newest' })).toHaveCount(0)

    // List, conversation, thread; and by the buttons of the app back, without going in circles.
    await page.getByRole('button', { name: 'All conversations' }).click()
    await expect(page).toHaveURL(`${url}/`)
    const steps = await page.evaluate(() => history.length)
    await openChannel(page, 'lighthouse')
    await choose(page, 'while reading', 'Reply in thread')
    await expect(page.getByRole('region', { name: 'Thread' })).toBeVisible()
    await page.getByRole('button', { name: 'Close thread' }).click()
    await expect(page.getByRole('region', { name: 'Thread' })).toHaveCount(0)
    await page.getByRole('button', { name: 'All conversations' }).click()
    await expect(page).toHaveURL(`${url}/`)
    await openChannel(page, 'lighthouse')
    // The step to the conversation was there before; this one has taken its place.
    expect(await page.evaluate(() => history.length)).toBe(steps)
    await page.goBack()
    await expect(page).toHaveURL(`${url}/`)
  })
})
