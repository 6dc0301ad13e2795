import { expect, type Page } from '@playwright/test'
import {
  PASSWORD,
  createChannel,
  expectConnection,
  joinChannel,
  messageOf,
  openBrowserOf,
  openChannel,
  readScreen,
  send,
  signUpInBrowser,
  untilInstalled,
} from './testing/chat-page.ts'
import { answerWith } from './testing/answer-with.ts'
import { withServer } from './testing/run-server.ts'
import { test } from './testing/test.ts'

test('the first account is offered the sample and gets it, and nobody after it', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const visitor = await browser.newPage()
    await visitor.goto(url)
    await expect(visitor.getByRole('heading', { level: 1 })).toHaveText(
      'Create the owner’s account',
    )
    // What could not be read is not taken for an empty workspace.
    const context = await browser.newContext()
    const ada = await context.newPage()
    const channels = '**/api/channels?*'
    await context.route(channels, answerWith('internal', 500))
    await signUpInBrowser(ada, url, 'Ada')
    await expect(ada.getByRole('alert')).toContainText('Something went wrong at the server.')
    await expect(ada.getByRole('heading', { name: 'could not be read' })).toBeVisible()
    await expect(ada.getByRole('button', { name: 'Fill in a sample' })).toHaveCount(0)
    await context.unroute(channels)
    await ada.getByRole('button', { name: 'Retry' }).click()
    await expect(ada.getByRole('button', { name: 'Fill in a sample' })).toBeVisible()

    await visitor.reload()
    await expect(visitor.getByRole('heading', { level: 1 })).toHaveText('Sign in')
    await visitor.close()
    const ben = await openBrowserOf('Ben', browser, url)
    await expect(ben.getByRole('heading', { name: 'There is no channel yet' })).toBeVisible()
    await expect(ben.getByRole('button', { name: 'Fill in a sample' })).toHaveCount(0)
    await ada.getByRole('button', { name: 'Fill in a sample' }).click()
    await openChannel(ada, 'general')
    await expect(messageOf(ada, 'Welcome to Skerry Light')).toBeVisible()
    await expect(ada.getByRole('button', { name: 'Fill in a sample' })).toHaveCount(0)
    // It is a workspace like any other: others join it, and all write in it.
    await joinChannel(ben, 'general')
    await send(ben, 'Hello from Ben')
    await expect(messageOf(ada, 'Hello from Ben')).toBeVisible()
  })
})

test('P6 a channel made offline can be written in at once, and is there for others afterwards', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const ada = await openBrowserOf('Ada', browser, url)
    const ben = await openBrowserOf('Ben', browser, url)
    await ada.context().setOffline(true)
    await expectConnection(ada, 'offline')
    await createChannel(ada, 'made at sea')
    await expect(ada.getByRole('heading', { name: 'Nothing here yet' })).toBeVisible()
    await send(ada, 'Nobody reads this yet')
    await ada.reload()
    await expect(messageOf(ada, 'Nobody reads this yet')).toContainText('Not sent yet')
    await ada.context().setOffline(false)
    await expectConnection(ada, 'online')
    await expect(messageOf(ada, 'Nobody reads this yet')).toHaveAttribute('data-delivery', 'sent')
    await joinChannel(ben, 'made at sea')
    await expect(messageOf(ben, 'Nobody reads this yet')).toBeVisible()
  })
})

test('P6 two people who start the same direct message offline meet in it', async ({ browser }) => {
  await withServer(async ({ url }) => {
    const ada = await openBrowserOf('Ada', browser, url)
    const ben = await openBrowserOf('Ben', browser, url)
    await ada.reload()
    await expectConnection(ada, 'online')
    for (const [page, other] of [
      [ada, 'Ben'],
      [ben, 'Ada'],
    ] as const) {
      // Each knows the other before the network goes.
      await page.getByRole('button', { name: 'Start a direct message' }).click()
      await expect(page.getByRole('checkbox', { name: other })).toBeVisible()
      await page.keyboard.press('Escape')
      await page.context().setOffline(true)
      await expectConnection(page, 'offline')
      await page.getByRole('button', { name: 'Start a direct message' }).click()
      await page.getByRole('checkbox', { name: other }).check()
      await page.getByRole('button', { name: 'Start', exact: true }).click()
      await send(page, `Written before ${other} answered`)
    }
    for (const page of [ada, ben]) await page.context().setOffline(false)
    for (const page of [ada, ben]) {
      await expectConnection(page, 'online')
      await expect(messageOf(page, 'Written before Ben answered')).toBeVisible()
      await expect(messageOf(page, 'Written before Ada answered')).toBeVisible()
      await expect.poll(async () => (await readScreen(page)).length).toBe(2)
      await expect(page.getByRole('navigation').getByRole('link')).toHaveCount(1)
    }
    expect(new URL(ada.url()).pathname).toBe(new URL(ben.url()).pathname)
    await send(ada, 'So we have met')
    await expect(messageOf(ben, 'So we have met')).toBeVisible()
  })
})

test('P6 what one writes in one tab is in the other, also after both were offline', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const one = await openBrowserOf('Ada', browser, url)
    await createChannel(one, 'lighthouse')
    const other = await openTab(one)
    await send(one, 'From the first tab')
    await expect(messageOf(other, 'From the first tab')).toBeVisible()
    await send(other, 'From the second tab')
    await expect(messageOf(one, 'From the second tab')).toBeVisible()

    await one.context().setOffline(true)
    for (const tab of [one, other]) await expectConnection(tab, 'offline')
    await send(one, 'Offline in the first tab')
    await send(other, 'Offline in the second tab')
    await one.context().setOffline(false)
    for (const tab of [one, other]) {
      await expectConnection(tab, 'online')
      for (const name of ['first', 'second']) {
        const message = messageOf(tab, `Offline in the ${name} tab`)
        await expect(message).toHaveAttribute('data-delivery', 'sent')
      }
      await expect.poll(async () => (await readScreen(tab)).length).toBe(4)
    }
  })
})

test('P7 signing out in one tab signs out the other', async ({ browser }) => {
  await withServer(async ({ url }) => {
    const one = await openBrowserOf('Ada', browser, url)
    await createChannel(one, 'lighthouse')
    const other = await openTab(one)
    await one.getByRole('button', { name: 'Account of Ada' }).click()
    await one.getByRole('menuitem', { name: 'Sign out' }).click()
    await one.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click()
    for (const tab of [one, other]) {
      await expect(tab.getByRole('heading', { name: 'Sign in' })).toBeVisible()
    }
    // And signing in again in one lets the other in.
    await other.getByLabel('E-mail').fill('ada@example.test')
    await other.getByLabel('Password').fill(PASSWORD)
    await other.getByRole('button', { name: 'Sign in' }).click()
    for (const tab of [one, other]) await expectConnection(tab, 'online')
  })
})

test('a new version of the app waits until one asks for it, and keeps what one was typing', async ({
  page,
}) => {
  await withServer(async ({ url }) => {
    await signUpInBrowser(page, url, 'Ada')
    await untilInstalled(page)
    await createChannel(page, 'lighthouse')
    await page.reload()
    await expectConnection(page, 'online')
    await expect(page.getByText('A new version of ConnectNow is ready.')).toHaveCount(0)
    await page.getByLabel('Message', { exact: true }).fill('Half a thought')

    // Another address makes the browser take the same worker for a new version.
    await page.evaluate(() => navigator.serviceWorker.register('/service-worker.js?version=2'))
    await expect(page.getByText('A new version of ConnectNow is ready.')).toBeVisible()
    expect(await controllerOf(page)).toBe('/service-worker.js')
    const reloaded = page.waitForEvent('framenavigated')
    await page.getByRole('button', { name: 'Reload' }).click()
    await reloaded
    await expectConnection(page, 'online')
    expect(await controllerOf(page)).toBe('/service-worker.js?version=2')
    await expect(page.getByLabel('Message', { exact: true })).toHaveValue('Half a thought')
  })
})

/** The worker that serves this page. */
function controllerOf(page: Page): Promise<string | undefined> {
  return page.evaluate(() => {
    const { controller } = navigator.serviceWorker
    if (controller === null) return undefined
    const { pathname, search } = new URL(controller.scriptURL)
    return pathname + search
  })
}

async function openTab(beside: Page): Promise<Page> {
  const tab = await beside.context().newPage()
  await tab.goto(beside.url())
  await expectConnection(tab, 'online')
  return tab
}
