/** What a person does in the browser, by the names that they see. */
import { expect, type Browser, type Locator, type Page } from '@playwright/test'
import { z } from 'zod'

export const PASSWORD = 'correct horse battery'

export async function signUpInBrowser(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url)
  // Who comes first is offered it at once.
  await page.getByRole('heading', { level: 1 }).waitFor()
  const create = page.getByRole('button', { name: 'Create an account' })
  if (await create.isVisible()) await create.click()
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('E-mail').fill(`${name.toLowerCase()}@example.test`)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expectConnection(page, 'online')
}

/** A browser of somebody's own, signed up and able to open without the network. */
export async function openBrowserOf(name: string, browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await signUpInBrowser(page, url, name)
  await untilInstalled(page)
  return page
}

/** The app itself is on the device: from now on it opens without the server. */
export async function untilInstalled(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
}

export async function expectConnection(
  page: Page,
  connection: 'online' | 'offline',
): Promise<void> {
  await expect(page.locator('[data-connection]')).toHaveAttribute('data-connection', connection)
}

export async function createChannel(page: Page, name: string, isPrivate = false): Promise<void> {
  await page.getByRole('button', { name: 'Create a channel' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill(name)
  if (isPrivate) await page.getByLabel('Only people who are added').check()
  await page.getByRole('button', { name: 'Create channel' }).click()
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
}

export async function joinChannel(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Browse channels' }).click()
  await page.getByRole('button', { name: `Join ${name}` }).click()
  await expect(page.getByLabel('Message', { exact: true })).toBeVisible()
}

/** Opens a channel or DM by its name in the list, which on a phone is a screen of its own. */
export async function openChannel(page: Page, name: string): Promise<void> {
  const back = page.getByRole('button', { name: 'All conversations' })
  if (await back.isVisible()) await back.click()
  await page.getByRole('link', { name }).click()
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
}

/** The id of the open channel or DM. */
export function channelIdOf(page: Page): string {
  return new URL(page.url()).pathname.split('/')[2] ?? ''
}

/** The id of the person whose browser this is. */
export async function userIdOf(page: Page, url: string): Promise<string> {
  return z.object({ id: z.string() }).parse(await requestAs(page, url, 'GET', '/users/me')).id
}

/** Asks the server as the person of this browser, past its screen; offline too. */
export async function requestAs(
  page: Page,
  url: string,
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  data?: unknown,
): Promise<unknown> {
  const response = await page.request.fetch(`${url}/api${path}`, {
    method,
    headers: { origin: url },
    ...(data === undefined ? {} : { data }),
  })
  if (!response.ok()) throw new Error(`${method} ${path}: ${await response.text()}`)
  return response.status() === 204 ? undefined : response.json()
}

export async function send(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(text)
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(messageOf(page, text)).toBeVisible()
}

/** The newest message with this text. */
export function messageOf(page: Page, text: string): Locator {
  return page.getByRole('article').filter({ hasText: text }).last()
}

export async function choose(page: Page, text: string, item: string): Promise<void> {
  const message = messageOf(page, text)
  await message.hover()
  await message.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

export async function editMessage(page: Page, text: string, next: string): Promise<void> {
  await choose(page, text, 'Edit message')
  await page.getByLabel('Edit this message').fill(next)
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(messageOf(page, next)).toBeVisible()
}

export async function deleteMessage(page: Page, text: string): Promise<void> {
  await choose(page, text, 'Delete message')
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(messageOf(page, text)).toHaveCount(0)
}

export async function react(page: Page, text: string, emoji: string): Promise<void> {
  const message = messageOf(page, text)
  await message.hover()
  await message.getByRole('button', { name: `React with ${emoji}` }).click()
  await expect(message.getByRole('button', { name: `${emoji} by` })).toBeVisible()
}

export interface ShownMessage {
  id: string
  delivery: string
  /** Everything in its row but the tools and its author's mark that it is sent. */
  text: string
}

/** Every message of the open conversation, oldest first, read by scrolling through all of it. */
export async function readScreen(page: Page): Promise<ShownMessage[]> {
  return page
    .getByRole('log')
    .first()
    .evaluate(async (scroller) => {
      const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve))
      const shown = new Map<number, ShownMessage>()
      const collect = (): void => {
        for (const row of scroller.querySelectorAll<HTMLElement>('[data-message-id]')) {
          const { messageId = '', delivery = '' } = row.dataset
          const read = row.cloneNode(true) as HTMLElement // a copy of an element is one
          for (const each of read.querySelectorAll('[class*=tools], [class*=sent]')) each.remove()
          const text = [...read.children].map((each) => each.textContent).join(' ')
          const place = Number(row.closest<HTMLElement>('[data-index]')?.dataset['index'])
          shown.set(place, { id: messageId, delivery, text })
        }
      }
      // A browser tells of a person's scrolling before it tells of rows that have another size; of a
      // script's only later.
      const scrollTo = (top: number): void => {
        scroller.scrollTop = top
        scroller.dispatchEvent(new Event('scroll'))
      }
      scrollTo(scroller.scrollHeight)
      for (let before = -1; scroller.scrollTop !== before;) {
        before = scroller.scrollTop
        await frame()
        await frame()
        collect()
        scrollTo(scroller.scrollTop - scroller.clientHeight / 2)
        await frame()
      }
      scrollTo(scroller.scrollHeight)
      return [...shown].toSorted(([one], [other]) => one - other).map(([, message]) => message)
    })
}
