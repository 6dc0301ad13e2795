import { expect, type Page } from '@playwright/test'
import {
  channelIdOf,
  createChannel,
  messageOf,
  openChannel,
  requestAs,
  signUpInBrowser,
} from './testing/chat-page.ts'
import { withServer } from './testing/run-server.ts'
import { test } from './testing/test.ts'

const MESSAGES = 540
/** So few that the channel has many segments. */
const SEGMENT_MESSAGES = 40
/** The window, the newest segment and the person's own document. */
const MOST_DOCUMENTS = 9
const WHEEL_PX = 500
/** More messages than this in one turn of the wheel would be a jump. */
const MOST_AT_ONCE = 25

/** The numbers of the messages that are on the screen now. */
function visibleNumbers(page: Page): Promise<number[]> {
  return page.getByRole('log').evaluate((scroller) => {
    const { top, bottom } = scroller.getBoundingClientRect()
    return [...scroller.querySelectorAll('[data-message-id]')].flatMap((row) => {
      const box = row.getBoundingClientRect()
      const number = /Message number (\d+)\./.exec(row.textContent)?.[1]
      return box.bottom > top && box.top < bottom && number !== undefined ? [Number(number)] : []
    })
  })
}

const topOf = async (page: Page): Promise<number> => Math.min(...(await visibleNumbers(page)))

/** Turns the wheel and waits until the list has moved; answers the topmost message. */
async function turnWheel(page: Page, by: number): Promise<number> {
  const before = await topOf(page)
  await page.mouse.wheel(0, by)
  await expect.poll(() => topOf(page)).not.toBe(before)
  // What this loads, and what is let go of for it, must not move the list again.
  await page.evaluate(async () => {
    for (let frame = 0; frame < 4; frame += 1) await new Promise(requestAnimationFrame)
  })
  return topOf(page)
}

async function countOpenDocuments(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^connectnow_open_documents (\d+)$/m.exec(text)?.[1])
}

test('P4 one scrolls through a long history and back: nothing jumps, and few segments are in memory', async ({
  browser,
}) => {
  test.setTimeout(180_000)
  await withServer(
    async ({ url }) => {
      const page = await browser.newPage()
      await signUpInBrowser(page, url, 'Ada')
      await createChannel(page, 'history')
      const path = `/channels/${channelIdOf(page)}/messages`
      // Written while one looks elsewhere: it is a long history when one comes to it.
      await createChannel(page, 'elsewhere')
      for (let index = 1; index <= MESSAGES; index += 1) {
        // Rows of many heights, none of which the list knows before it draws them.
        const content = `Message number ${index}.${'\n\nMore.'.repeat(index % 4)}`
        await requestAs(page, url, 'POST', path, { content })
      }
      await openChannel(page, 'history')
      await expect(messageOf(page, `number ${MESSAGES}.`)).toBeInViewport()
      await page.getByRole('log').hover()

      let most = 0
      const seen = new Set<number>()
      const look = async (): Promise<void> => {
        for (const number of await visibleNumbers(page)) seen.add(number)
        await expect.poll(() => countOpenDocuments(url)).toBeLessThanOrEqual(MOST_DOCUMENTS)
        most = Math.max(most, await countOpenDocuments(url))
      }
      for (let before = await topOf(page); before > 1;) {
        await look()
        const now = await turnWheel(page, -WHEEL_PX)
        expect(now).toBeLessThan(before)
        expect(now).toBeGreaterThanOrEqual(before - MOST_AT_ONCE)
        before = now
      }
      await look()
      // So many that some were let go of.
      expect(most).toBeGreaterThan(4)
      expect(seen.size).toBe(MESSAGES)
      await expect(page.getByRole('button', { name: 'Newest' })).toBeVisible()

      seen.clear()
      for (let before = 1; !seen.has(MESSAGES);) {
        await look()
        if (seen.has(MESSAGES)) break
        const now = await turnWheel(page, WHEEL_PX)
        expect(now).toBeGreaterThan(before)
        expect(now).toBeLessThanOrEqual(before + MOST_AT_ONCE)
        before = now
      }
      expect(seen.size).toBe(MESSAGES)
      await page.mouse.wheel(0, WHEEL_PX)
      await expect(page.getByRole('button', { name: 'Newest' })).toHaveCount(0)
      // At the end one follows what is new, as ever.
      await requestAs(page, url, 'POST', path, { content: 'Something new' })
      await expect(messageOf(page, 'Something new')).toBeInViewport()
    },
    { SEGMENT_MAX_MESSAGES: String(SEGMENT_MESSAGES) },
  )
})

test('P4 who reads the newest messages stays with them, however many come while segments roll', async ({
  browser,
}) => {
  await withServer(
    async ({ url }) => {
      const page = await browser.newPage()
      await signUpInBrowser(page, url, 'Ada')
      await createChannel(page, 'rush')
      const path = `/channels/${channelIdOf(page)}/messages`
      for (let index = 1; index <= MESSAGES; index += 1) {
        const content = `Message number ${index}.${'\n\nMore.'.repeat(index % 4)}`
        await requestAs(page, url, 'POST', path, { content })
      }
      await expect(messageOf(page, `number ${MESSAGES}.`)).toBeInViewport()
      await expect(page.getByRole('button', { name: 'Newest' })).toHaveCount(0)
    },
    { SEGMENT_MAX_MESSAGES: String(SEGMENT_MESSAGES) },
  )
})
