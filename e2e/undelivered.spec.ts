import { expect, type Browser, type Locator, type Page } from '@playwright/test'
import {
  PASSWORD,
  channelIdOf,
  createChannel,
  expectConnection,
  joinChannel,
  messageOf,
  openBrowserOf,
  openChannel,
  requestAs,
  send,
  userIdOf,
} from './testing/chat-page.ts'
import { answerWith } from './testing/answer-with.ts'
import { withServer } from './testing/run-server.ts'
import { test } from './testing/test.ts'

interface Keepers {
  ada: Page
  ben: Page
  membersPath: string
  benId: string
}

/** Ada and Ben in a private channel that Ada made, which Ben looks at. */
async function openKeepers(browser: Browser, url: string): Promise<Keepers> {
  const ada = await openBrowserOf('Ada', browser, url)
  await createChannel(ada, 'keepers', true)
  await send(ada, 'Welcome, keepers')
  const ben = await openBrowserOf('Ben', browser, url)
  const benId = await userIdOf(ben, url)
  const membersPath = `/channels/${channelIdOf(ada)}/members`
  await requestAs(ada, url, 'POST', membersPath, { userId: benId })
  await openChannel(ben, 'keepers')
  await expect(messageOf(ben, 'Welcome, keepers')).toBeVisible()
  return { ada, ben, membersPath, benId }
}

test('P5 what one wrote for a channel that one was removed from stays, can be copied, given up and sent', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const { ada, ben, membersPath, benId } = await openKeepers(browser, url)
    await ben.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await ben.context().setOffline(true)
    await expectConnection(ben, 'offline')
    await send(ben, 'Ben’s first, offline')
    await send(ben, 'Ben’s second, offline')
    await requestAs(ada, url, 'DELETE', `${membersPath}/${benId}`)
    await ben.context().setOffline(false)

    const first = messageOf(ben, 'Ben’s first, offline')
    const second = messageOf(ben, 'Ben’s second, offline')
    for (const message of [first, second]) {
      await expect(message).toHaveAttribute('data-delivery', 'refused')
      await expect(message).toContainText('you have no access to it.')
    }
    await ben.reload()
    await expect(first).toHaveAttribute('data-delivery', 'refused')
    await expect(ben.getByText('2 changes could not be delivered.')).toBeVisible()

    // One finds the way back to it from everywhere.
    await ben.goto(url)
    await ben.getByRole('link', { name: 'A conversation you are no longer in' }).click()

    await first.getByRole('button', { name: 'Copy' }).click()
    await expect(first.getByRole('button', { name: 'Copied' })).toBeVisible()
    expect(await ben.evaluate(() => navigator.clipboard.readText())).toBe('Ben’s first, offline')

    await second.getByRole('button', { name: 'Discard' }).click()
    await second.getByRole('button', { name: 'Keep' }).click()
    await expect(second).toBeVisible()
    await second.getByRole('button', { name: 'Discard' }).click()
    await second.getByRole('button', { name: 'Discard for good' }).click()
    await expect(second).toHaveCount(0)

    await requestAs(ada, url, 'POST', membersPath, { userId: benId })
    await expect(ben.getByLabel('Message', { exact: true })).toBeVisible()
    await first.getByRole('button', { name: 'Retry' }).click()
    await expect(first).toHaveAttribute('data-delivery', 'sent')
    await expect(messageOf(ada, 'Ben’s first, offline')).toBeVisible()
    await expect(messageOf(ada, 'Ben’s second, offline')).toHaveCount(0)
  })
})

test('P5 what was written after a session ended waits for the next sign-in, and then goes out', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const { ada, ben } = await openKeepers(browser, url)
    const other = await ben.context().newPage()
    await other.goto(ben.url())
    await expectConnection(other, 'online')
    await ben.context().setOffline(true)
    await expectConnection(ben, 'offline')
    const bar = ben.locator('[data-connection]')
    const warning = await backgroundOf(bar)
    await requestAs(ben, url, 'POST', '/auth/sign-out', {})
    await send(ben, 'Written without a session')
    await createChannel(ben, 'watch')
    await send(ben, 'First watch')
    await openChannel(ben, 'keepers')
    await ben.context().setOffline(false)
    const again = ben.getByRole('button', { name: 'Sign in again to send' })
    await expect(again).toBeVisible()
    await expect(bar).toContainText('Signed out')
    expect(await backgroundOf(bar)).toBe(warning)
    await expect(messageOf(ben, 'Written without a session')).toContainText('Not sent yet')
    await ben.reload()
    await expect(ben.getByRole('link', { name: 'watch' })).toBeVisible()
    await expect(messageOf(ben, 'Written without a session')).toContainText('Not sent yet')
    await again.click()
    await ben.getByLabel('Password').fill('not the password')
    await ben.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect(ben.getByText('E-mail or password is wrong.')).toBeVisible()
    await ben.getByLabel('Password').fill(PASSWORD)
    await ben.getByRole('button', { name: 'Sign in', exact: true }).click()
    // Signing in once is enough for all tabs.
    for (const tab of [ben, other]) {
      await expect(tab.getByRole('button', { name: 'Sign in again to send' })).toHaveCount(0)
      await expectConnection(tab, 'online')
    }
    await expect(messageOf(ada, 'Written without a session')).toBeVisible()
    // What was asked of the directory waited, too.
    await joinChannel(ada, 'watch')
    await expect(messageOf(ada, 'First watch')).toBeVisible()
  })
})

test('P5 a channel that the server would not make is not forgotten, and can be tried again', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const ada = await openBrowserOf('Ada', browser, url)
    const channels = (address: URL): boolean => address.pathname === '/api/channels'
    // The first no passes, and is waited for; the second one stands.
    const noes = [answerWith('storage_full', 507), answerWith('forbidden', 403)]
    await ada.context().route(channels, (route) => {
      const answer = route.request().method() === 'POST' ? noes.shift() : undefined
      return answer === undefined ? route.continue() : answer(route)
    })
    await ada.context().setOffline(true)
    await expectConnection(ada, 'offline')
    await createChannel(ada, 'lighthouse')
    await ada.context().setOffline(false)
    const notice = ada.getByRole('alert').filter({ hasText: '“lighthouse” was not created.' })
    await expect(notice).toContainText('You may not do this.')
    await ada.reload()
    await expect(notice).toContainText('You may not do this.')
    await ada.context().unroute(channels)
    await notice.getByRole('button', { name: 'Retry' }).click()
    await expect(ada.getByRole('link', { name: 'lighthouse' })).toBeVisible()
    await expect(notice).toHaveCount(0)
    await ada.reload()
    await expect(ada.getByRole('link', { name: 'lighthouse' })).toBeVisible()
  })
})

test('P5 a reload, a closed tab and a crash of the page lose neither a message nor the draft', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    let page = await openBrowserOf('Ada', browser, url)
    const context = page.context()
    await createChannel(page, 'lighthouse')
    await expectConnection(page, 'online')
    const address = page.url()
    await context.setOffline(true)
    await expectConnection(page, 'offline')
    const leaves: Record<string, () => Promise<void>> = {
      reload: async () => void (await page.reload()),
      'closed tab': async () => {
        await page.close()
        page = await context.newPage()
        await page.goto(address)
      },
      crash: async () => {
        const crashed = page.waitForEvent('crash')
        const session = await context.newCDPSession(page)
        // It never answers: the page is gone.
        void session.send('Page.crash').catch(() => undefined)
        await crashed
        await page.close()
        page = await context.newPage()
        await page.goto(address)
      },
    }
    let draft = ''
    for (const [name, leave] of Object.entries(leaves)) {
      await page.getByLabel('Message', { exact: true }).fill('')
      await send(page, `before the ${name}`)
      draft = `typed before the ${name}`
      await page.getByLabel('Message', { exact: true }).pressSequentially(draft)
      await leave()
      await expect(page.getByLabel('Message', { exact: true })).toHaveValue(draft)
      for (const written of Object.keys(leaves)) {
        await expect(messageOf(page, `before the ${written}`)).toBeVisible()
        if (written === name) break
      }
    }
    await context.setOffline(false)
    await expectConnection(page, 'online')
    for (const name of Object.keys(leaves)) {
      const message = messageOf(page, `before the ${name}`)
      await expect(message).toHaveAttribute('data-delivery', 'sent')
    }
  })
})

test('signing out says what was not sent, and leaves nothing on the device', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const { ada, ben, membersPath, benId } = await openKeepers(browser, url)
    await ben.context().setOffline(true)
    await expectConnection(ben, 'offline')
    await send(ben, 'Never delivered')
    await ben.getByLabel('Message', { exact: true }).fill('Half a thought')

    // Offline the session cannot be ended: then nothing is deleted either.
    await startSigningOut(ben)
    await expect(ben.getByRole('dialog')).toContainText('1 change was not sent yet.')
    await ben.getByRole('button', { name: 'Sign out and delete them' }).click()
    await expect(ben.getByRole('dialog')).toContainText('The server cannot be reached.')
    await ben.getByRole('button', { name: 'Cancel' }).click()
    await expect(messageOf(ben, 'Never delivered')).toBeVisible()

    await requestAs(ada, url, 'DELETE', `${membersPath}/${benId}`)
    await ben.context().setOffline(false)
    await expect(messageOf(ben, 'Never delivered')).toHaveAttribute('data-delivery', 'refused')
    expect((await readTraces(ben, benId)).length).toBeGreaterThan(0)
    await startSigningOut(ben)
    await expect(ben.getByRole('dialog')).toContainText('1 change was not sent yet.')
    await ben.getByRole('button', { name: 'Sign out and delete them' }).click()
    await expect(ben.getByRole('heading', { name: 'Sign in' })).toBeVisible()
    await expect.poll(() => readTraces(ben, benId)).toEqual([])
    await ben.reload()
    await expect(ben.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  })
})

test('a browser that keeps nothing on disk says so, and still sends', async ({ browser }) => {
  await withServer(async ({ url }) => {
    const ada = await openBrowserOf('Ada', browser, url)
    await createChannel(ada, 'lighthouse')
    const context = await browser.newContext()
    await context.addInitScript(() => {
      const closed = (): never => {
        throw new DOMException('This site may not store anything', 'SecurityError')
      }
      IDBFactory.prototype.open = closed
      Object.defineProperty(globalThis, 'localStorage', { get: closed })
    })
    const ben = await context.newPage()
    await ben.goto(url)
    await ben.getByRole('button', { name: 'Create an account' }).click()
    await ben.getByLabel('Name').fill('Ben')
    await ben.getByLabel('E-mail').fill('ben@example.test')
    await ben.getByLabel('Password').fill(PASSWORD)
    await ben.getByRole('button', { name: 'Create account' }).click()
    await expectConnection(ben, 'online')
    await expect(ben.getByText('This browser keeps nothing on disk')).toBeVisible()
    await ben.getByRole('button', { name: 'Browse channels' }).click()
    await ben.getByRole('button', { name: 'Join lighthouse' }).click()
    await send(ben, 'Ben, from memory')
    await expect(messageOf(ben, 'Ben, from memory')).toHaveAttribute('data-delivery', 'sent')
    await expect(messageOf(ada, 'Ben, from memory')).toBeVisible()
    await startSigningOut(ben)
    await ben.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click()
    await expect(ben.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  })
})

function backgroundOf(element: Locator): Promise<string> {
  return element.evaluate((shown) => getComputedStyle(shown).backgroundColor)
}

async function startSigningOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Account of Ben' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
}

/** Names of what this device keeps of a person: databases, drafts, and who is signed in. */
function readTraces(page: Page, userId: string): Promise<string[]> {
  return page.evaluate(async (id) => {
    const databases = await indexedDB.databases()
    const session = await new Promise<unknown>((resolve, reject) => {
      const opening = indexedDB.open('connectnow-session')
      opening.addEventListener('error', () => reject(opening.error ?? new Error('not opened')))
      opening.addEventListener('success', () => {
        const reading = opening.result.transaction('session').objectStore('session').getAllKeys()
        reading.addEventListener('success', () => resolve(reading.result))
        reading.addEventListener('error', () => reject(reading.error ?? new Error('not read')))
        opening.result.close()
      })
    })
    return [
      ...databases.map(({ name = '' }) => name).filter((name) => name.includes(id)),
      ...Object.keys(localStorage).filter((key) => key.includes(id)),
      ...(Array.isArray(session) ? session.map(String) : []),
    ]
  }, userId)
}
