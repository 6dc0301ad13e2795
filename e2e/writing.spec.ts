import { expect, type Page } from '@playwright/test'
import { listMessagesResponseSchema } from '../shared/api/messages.ts'
import {
  channelIdOf,
  choose,
  createChannel,
  messageOf,
  requestAs,
  send,
  signUpInBrowser,
} from './testing/chat-page.ts'
import { postAs, signUp } from './testing/person.ts'
import { withServer } from './testing/run-server.ts'
import { test } from './testing/test.ts'

test('of two people with one name each is mentioned as meant, and copied by name', async ({
  page,
}) => {
  await withServer(async ({ url }) => {
    await signUpInBrowser(page, url, 'Ada')
    const first = await signUp(url, 'Sam')
    const second = await signUp(url, 'Sam', 'another-sam@example.test')
    await createChannel(page, 'lighthouse')
    await page.reload()
    const composer = page.getByLabel('Message', { exact: true })
    await composer.pressSequentially('@Sa')
    const options = page.getByRole('listbox', { name: 'People to mention' }).getByRole('option')
    await expect(options).toHaveCount(2)
    await expect(page.getByText('2 to choose from')).toBeAttached()
    for (const option of await options.all()) await expect(option).toContainText('Here since')
    expect(await readChosen(page)).toBe(await options.nth(0).textContent())
    await page.keyboard.press('ArrowDown')
    expect(await readChosen(page)).toBe(await options.nth(1).textContent())
    await expect(options.nth(1)).toHaveAttribute('aria-selected', 'true')
    await page.keyboard.press('Enter')
    await composer.pressSequentially('and @Sa')
    await page.keyboard.press('Enter')
    await composer.pressSequentially('write to bo@here.example')
    await expect(composer).toHaveValue('@Sam (2) and @Sam write to bo@here.example')
    expect(await composer.getAttribute('aria-activedescendant')).toBeNull()
    await page.keyboard.press('Enter')
    const message = messageOf(page, 'bo@here.example')
    await expect(message).toHaveAttribute('data-delivery', 'sent')
    const stored = `<@${second.userId}> and <@${first.userId}> write to bo@here.example`
    expect(await readContents(page, url)).toEqual([stored])

    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await choose(page, 'bo@here.example', 'Copy text')
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toBe('@Sam and @Sam write to bo@here.example')

    // Opened for editing and saved, it still means the same two.
    await choose(page, 'bo@here.example', 'Edit message')
    await page.getByLabel('Edit this message').press('End')
    await page.keyboard.type('!')
    await page.keyboard.press('Enter')
    await expect.poll(() => readContents(page, url)).toEqual([`${stored}!`])

    await composer.fill('x'.repeat(16_001))
    await expect(page.getByRole('button', { name: 'Send' })).toBeDisabled()
  })
})

test('P5 what is being edited can be emptied, and is still there after scrolling away and a reload', async ({
  page,
}) => {
  await withServer(async ({ url }) => {
    await signUpInBrowser(page, url, 'Ada')
    await createChannel(page, 'lighthouse')
    const high = Array.from(
      { length: 24 },
      (_, index) => `Sighting ${index + 1}.${'\n\nand'.repeat(9)}`,
    )
    await postAs('Ben', url, channelIdOf(page), high)
    await expect(messageOf(page, 'Sighting 24.')).toBeVisible()
    await send(page, 'Sighting of mine')
    await choose(page, 'Sighting of mine', 'Edit message')
    const editor = page.getByLabel('Edit this message')
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.press('Delete')
    await expect(editor).toHaveValue('')
    await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled()
    await page.keyboard.type('Nothing to see')

    const log = page.getByRole('log')
    await log.evaluate((list) => list.scrollTo({ top: 0 }))
    await expect(messageOf(page, 'Sighting 1.')).toBeVisible()
    await expect(editor).toHaveCount(0)
    await log.evaluate((list) => list.scrollTo({ top: list.scrollHeight }))
    await expect(editor).toHaveValue('Nothing to see')
    await page.reload()
    await expect(editor).toHaveValue('Nothing to see')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(messageOf(page, 'Nothing to see')).toContainText('edited')
    await page.reload()
    await expect(messageOf(page, 'Nothing to see')).toBeVisible()
    await expect(editor).toHaveCount(0)
  })
})

test('sending moves nothing on the screen, and what one types covers no message', async ({
  page,
}) => {
  await withServer(async ({ url }) => {
    await signUpInBrowser(page, url, 'Ada')
    await createChannel(page, 'lighthouse')
    await send(page, 'The first one')
    await expect(messageOf(page, 'The first one')).toHaveAttribute('data-delivery', 'sent')
    await watchSending(page)
    await send(page, 'A short one')
    await expect(messageOf(page, 'A short one')).toHaveAttribute('data-delivery', 'sent')
    const { deliveries, heights, states } = await readSending(page)
    expect(deliveries).toEqual(['pending', 'sent'])
    expect(heights).toHaveLength(1)
    expect(states).toEqual(['Online'])

    // A little more than fits.
    const log = page.getByRole('log')
    const isFull = (): Promise<boolean> =>
      log.evaluate(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight)
    const path = `/channels/${channelIdOf(page)}/messages`
    let newest = ''
    for (let count = 1; !(await isFull()); count += 1) {
      newest = `Sighting ${count}, of\n\nseveral lines`
      await requestAs(page, url, 'POST', path, { content: newest })
      await expect(messageOf(page, `Sighting ${count}, `)).toBeAttached()
    }
    await page.reload()
    const last = messageOf(page, newest.slice(0, 12))
    await expect(last).toBeInViewport()
    await page.getByLabel('Message', { exact: true }).focus()
    for (let line = 1; line <= 8; line += 1) {
      await page.keyboard.type(`line ${line}`)
      await page.keyboard.press('Shift+Enter')
    }
    await expect(last).toBeInViewport({ ratio: 1 })
  })
})

/** What a screen reader is told is chosen. */
function readChosen(page: Page): Promise<string | null> {
  return page.getByLabel('Message', { exact: true }).evaluate((composer) => {
    const id = composer.getAttribute('aria-activedescendant') ?? ''
    return document.getElementById(id)?.textContent ?? null
  })
}

async function readContents(page: Page, url: string): Promise<string[]> {
  const path = `/channels/${channelIdOf(page)}/messages`
  const listed = listMessagesResponseSchema.parse(await requestAs(page, url, 'GET', path))
  return listed.messages.map(({ content }) => content)
}

interface Sending {
  deliveries: string[]
  heights: number[]
  states: string[]
}

/** Notes whatever the newest message and the connection bar go through from now on. */
async function watchSending(page: Page): Promise<void> {
  await page.evaluate(() => {
    const noted = { deliveries: new Set<string>(), heights: new Set<number>(), states: new Set() }
    const before = document.querySelectorAll('article').length
    new MutationObserver(() => {
      noted.states.add(document.querySelector('[data-connection] span')?.textContent)
      const message = [...document.querySelectorAll('article')].at(before)
      if (message === undefined) return
      noted.deliveries.add(message.dataset['delivery'] ?? '')
      noted.heights.add(message.getBoundingClientRect().height)
    }).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
      attributeFilter: ['data-delivery', 'data-connection'],
    })
    Object.assign(globalThis, { noted })
  })
}

function readSending(page: Page): Promise<Sending> {
  return page.evaluate(() => {
    const { noted } = globalThis as unknown as { noted: Record<keyof Sending, Set<never>> } // put there by watchSending
    const { deliveries, heights, states } = noted
    return { deliveries: [...deliveries], heights: [...heights], states: [...states] }
  })
}
