import { chromium, expect } from '@playwright/test'
import { choose, createChannel, messageOf, send, signUpInBrowser } from './testing/chat-page.ts'
import { withServer } from './testing/run-server.ts'
import { test } from './testing/test.ts'

const HOST = 'chat.test'

test('over plain HTTP from another machine it works, copies, and says what is missing', async ({
  launchOptions,
}) => {
  const args = [...(launchOptions.args ?? []), `--host-resolver-rules=MAP ${HOST} 127.0.0.1`]
  const browser = await chromium.launch({ ...launchOptions, args })
  try {
    await withServer(async (server) => {
      const url = server.url.replace('127.0.0.1', HOST)
      const page = await browser.newPage()
      await signUpInBrowser(page, url, 'Ada')
      expect(await page.evaluate(() => isSecureContext)).toBe(false)
      await expect(page.getByText('Without HTTPS this page cannot be reloaded')).toBeVisible()
      await createChannel(page, 'lighthouse')
      await send(page, 'Seen from the other house')
      await expect(messageOf(page, 'Seen from')).toHaveAttribute('data-delivery', 'sent')
      await choose(page, 'Seen from', 'Copy text')
      const composer = page.getByLabel('Message', { exact: true })
      await composer.click()
      await page.keyboard.press('Control+V')
      await expect(composer).toHaveValue('Seen from the other house')
    })
  } finally {
    await browser.close()
  }
})
