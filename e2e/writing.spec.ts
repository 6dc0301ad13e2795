import { expect, test, type Page } from '@playwright/test'
import { listMessagesResponseSchema } from '../shared/api/messages.ts'
import { channelIdOf, choose, createChannel, messageOf, requestAs, send, signUpInBrowser } from './testing/chat-page.ts'
import { postAs, signUp } from './testing/person.ts'
import { withServer } from './testing/run-server.ts'

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

