import { expect, type Locator, type Page } from '@playwright/test'
import {
  PASSWORD,
  channelIdOf,
  createChannel,
  expectConnection,
  messageOf,
  signUpInBrowser,
} from './testing/chat-page.ts'
import { postAs } from './testing/person.ts'
import { withServer } from './testing/run-server.ts'
import { test } from './testing/test.ts'

/** More than any screen here has to pass; who comes this far will not get there. */
const MOST_STEPS = 60

test('one signs up, writes, edits, reacts, answers, deletes and signs out with the keyboard alone', async ({
  page,
}) => {
  await withServer(async ({ url }) => {
    await page.goto(url)
    await page.getByRole('heading', { name: 'Create the owner’s account' }).waitFor()
    await type(page, page.getByLabel('Name'), 'Ada')
    await type(page, page.getByLabel('E-mail'), 'ada@example.test')
    await type(page, page.getByLabel('Password'), PASSWORD)
    await page.keyboard.press('Enter')
    await expectConnection(page, 'online')

    // A dialog takes the focus, keeps it, and gives it back.
    const create = page.getByRole('button', { name: 'Create a channel' })
    await press(page, create)
    const name = page.getByRole('dialog').getByLabel('Name')
    await expect(name).toBeFocused()
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Shift+Tab')
    await expect(page.getByRole('dialog').getByRole('button', { name: 'Create' })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(create).toBeFocused()
    await page.keyboard.press('Enter')
    await page.keyboard.type('lighthouse')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: '# lighthouse' })).toBeVisible()

    const composer = page.getByLabel('Message', { exact: true })
    await type(page, composer, 'First light')
    await page.keyboard.press('Enter')
    await expect(messageOf(page, 'First light')).toBeVisible()
    await expect(composer).toBeFocused()
    await page.keyboard.type('Second light')
    await page.keyboard.press('Shift+Enter')
    await page.keyboard.type('and its second line')
    await page.keyboard.press('Enter')
    await expect(messageOf(page, 'Second light')).toBeVisible()

    // Editing: Escape gives up, Enter saves; the message has the focus afterwards.
    await chooseByKeyboard(page, 'First light', 'Edit message')
    await expect(page.getByLabel('Edit this message')).toBeFocused()
    await page.keyboard.type(' that nobody keeps')
    await page.keyboard.press('Escape')
    await expect(messageOf(page, 'First light')).toBeFocused()
    await chooseByKeyboard(page, 'First light', 'Edit message')
    await page.keyboard.type(', edited')
    await page.keyboard.press('Enter')
    await expect(messageOf(page, 'First light, edited')).toBeFocused()

    // A reaction from the quick ones, and one from all of them.
    const quick = messageOf(page, 'First light').getByRole('button', { name: 'React with 🎉' })
    await press(page, quick)
    await expect(
      messageOf(page, 'First light').getByRole('button', { name: '🎉 by Ada' }),
    ).toBeVisible()
    await chooseByKeyboard(page, 'First light', 'Add a reaction')
    await expect(page.getByLabel('Find an emoji')).toBeFocused()
    await page.keyboard.type('lobster')
    await press(page, page.getByRole('button', { name: 'lobster' }))
    const lobster = messageOf(page, 'First light').getByRole('button', { name: '🦞 by Ada' })
    await expect(lobster).toBeVisible()
    await expect(moreActions(page, 'First light')).toBeFocused()

    // The thread takes the focus, and gives it back.
    await chooseByKeyboard(page, 'First light', 'Reply in thread')
    await expect(page.getByRole('button', { name: 'Close thread' })).toBeFocused()
    await type(page, page.getByLabel('Reply', { exact: true }), 'An answer')
    await page.keyboard.press('Enter')
    const thread = page.getByRole('region', { name: 'Thread' })
    await expect(thread.getByText('An answer')).toBeVisible()
    await press(page, page.getByRole('button', { name: 'Close thread' }), 'Shift+Tab')
    await expect(thread).toHaveCount(0)
    await expect(moreActions(page, 'First light')).toBeFocused()

    // Deleting: Escape keeps the message and its place, the button takes both.
    await chooseByKeyboard(page, 'Second light', 'Delete message')
    await expect(page.getByRole('button', { name: 'Cancel' })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(moreActions(page, 'Second light')).toBeFocused()
    await chooseByKeyboard(page, 'Second light', 'Delete message')
    await press(page, page.getByRole('button', { name: 'Delete', exact: true }))
    await expect(messageOf(page, 'Second light')).toHaveCount(0)
    await expect(page.getByRole('log')).toBeFocused()

    await press(page, page.getByRole('button', { name: 'Account of Ada' }))
    await press(page, page.getByRole('menuitem', { name: 'Sign out' }), 'ArrowDown')
    await press(page, page.getByRole('button', { name: 'Sign out' }))
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  })
})

/** The controls of one message, and that message. */
const MOST_STEPS_OF_LIST = 8

test('however many messages there are, the composer, the list and what surrounds it are a few steps apart', async ({
  page,
}) => {
  await withServer(async ({ url }) => {
    await signUpInBrowser(page, url, 'Ada')
    await createChannel(page, 'lighthouse')
    const sightings = Array.from(
      { length: 24 },
      (_, index) => `Sighting ${index + 1}, see https://x.test`,
    )
    await postAs('Ben', url, channelIdOf(page), sightings)
    await page.reload()
    await expect(messageOf(page, 'Sighting 24')).toBeVisible()
    const composer = page.getByLabel('Message', { exact: true })
    await expect(composer).toBeFocused()
    await expect(page).toHaveTitle('lighthouse · ConnectNow')

    const log = page.getByRole('log')
    for (const step of ['Shift+Tab', 'Tab']) {
      await page.keyboard.press(step)
      let steps = 0
      while (await log.evaluate((list) => list.contains(document.activeElement))) {
        expect(await describeHiddenFocus(page)).toBeUndefined()
        await page.keyboard.press(step)
        steps += 1
        expect(steps).toBeLessThanOrEqual(MOST_STEPS_OF_LIST)
      }
      expect(steps).toBeGreaterThan(2)
    }
    await expect(composer).toBeFocused()

    await goToMessage(page, 'Sighting 3,')
    await page.keyboard.press('ArrowDown')
    await expect(messageOf(page, 'Sighting 4,')).toBeFocused()
    // A row that is scrolled away leaves the keyboard in the list.
    await page.keyboard.press('End')
    await expect(messageOf(page, 'Sighting 24')).toBeInViewport()
    expect(await log.evaluate((list) => list.contains(document.activeElement))).toBe(true)

    await press(page, page.getByRole('button', { name: 'Skip to the message' }), 'Shift+Tab')
    await expect(composer).toBeFocused()

    // On a narrow screen the list of conversations has the place of the one that is left.
    await page.setViewportSize({ width: 375, height: 700 })
    await press(page, page.getByRole('button', { name: 'All conversations' }), 'Shift+Tab')
    const link = page.getByRole('link', { name: 'lighthouse' })
    await expect(link).toBeFocused()
    await expect(page).toHaveTitle('ConnectNow')
    await page.keyboard.press('Enter')
    await expect(composer).toBeFocused()
  })
})

test('nothing moves for those who asked their system for less motion', async ({ page }) => {
  await withServer(async ({ url }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await page.goto(url)
    await page.getByRole('button', { name: 'Create account' }).waitFor()
    const longest = await page.evaluate(() => {
      const probe = document.createElement('div')
      probe.style.cssText =
        'animation: probe 3s infinite; transition: all 3s; scroll-behavior: smooth'
      document.body.append(probe)
      const style = getComputedStyle(probe)
      const seconds = [style.animationDuration, style.transitionDuration].map(Number.parseFloat)
      const counts = Number(style.animationIterationCount)
      probe.remove()
      return { seconds: Math.max(...seconds), counts, scroll: style.scrollBehavior }
    })
    expect(longest.seconds).toBeLessThan(0.001)
    expect(longest.counts).toBe(1)
  })
})

function moreActions(page: Page, text: string): Locator {
  return messageOf(page, text).getByRole('button', { name: 'More actions' })
}

async function chooseByKeyboard(page: Page, text: string, item: string): Promise<void> {
  await goToMessage(page, text)
  await press(page, moreActions(page, text))
  await press(page, page.getByRole('menuitem', { name: item }), 'ArrowDown')
}

/** Into the list, and from message to message to this one, or to a part of it. */
async function goToMessage(page: Page, text: string): Promise<void> {
  const message = messageOf(page, text)
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const step = await message.evaluate((target) => {
      const { activeElement } = document
      if (target.contains(activeElement)) return undefined
      // Within a message arrow keys may mean something else.
      if (activeElement?.matches('[data-message-id]') !== true) return 'Shift+Tab'
      const isAbove = target.getBoundingClientRect().top < activeElement.getBoundingClientRect().top
      return isAbove ? 'ArrowUp' : 'ArrowDown'
    })
    if (step === undefined) return
    await stepTo(page, step)
  }
  throw new Error(`The keyboard does not reach the message ${text}`)
}

async function press(page: Page, target: Locator, step = 'Tab'): Promise<void> {
  await go(page, target, step)
  await page.keyboard.press('Enter')
}

async function type(page: Page, target: Locator, text: string): Promise<void> {
  await go(page, target, 'Tab')
  await page.keyboard.type(text)
}

/** Steps to the target; every stop on the way must be seen. */
async function go(page: Page, target: Locator, step: string): Promise<void> {
  await expect(target).toBeVisible()
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await stepTo(page, step)
  }
  throw new Error(`The keyboard does not reach ${String(target)}`)
}

/** Presses a key and waits for where it leads: menus move the focus in a later turn. */
async function stepTo(page: Page, key: string): Promise<void> {
  await page.keyboard.press(key)
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)))
  expect(await describeHiddenFocus(page)).toBeUndefined()
}

/** The focused element, if one cannot see that it has the focus. */
function describeHiddenFocus(page: Page): Promise<string | undefined> {
  return page.evaluate(() => {
    const { activeElement: element } = document
    // Between the last element of the page and the first one it is the browser's own turn.
    if (!(element instanceof HTMLElement) || element === document.body) return undefined
    const { left, top, width, height } = element.getBoundingClientRect()
    const isInside =
      width > 0 &&
      height > 0 &&
      left < innerWidth &&
      top < innerHeight &&
      left + width > 0 &&
      top + height > 0
    // The frame around the composer shows it for the text in it, and a menu colours its item.
    const marked = element.matches('textarea') ? element.parentElement : element
    const { outlineStyle, boxShadow } = getComputedStyle(marked ?? element)
    const isMarked =
      element.hasAttribute('data-highlighted') ||
      outlineStyle !== 'none' ||
      (marked !== element && boxShadow !== 'none')
    return isInside && isMarked && element.checkVisibility({ opacityProperty: true })
      ? undefined
      : element.outerHTML.slice(0, 300)
  })
}
