import { expect, type CDPSession, type Page } from '@playwright/test'
import {
  channelIdOf,
  createChannel,
  expectConnection,
  messageOf,
  openBrowserOf,
  send,
  signUpInBrowser,
  untilInstalled,
  userIdOf,
} from './testing/chat-page.ts'
import { withServer } from './testing/run-server.ts'
import { test } from './testing/test.ts'

async function devtools(page: Page): Promise<CDPSession> {
  return page.context().newCDPSession(page)
}

const status = (page: Page) => page.locator('[data-connection]')

async function expectSent(page: Page, text: string): Promise<void> {
  await expect(
    messageOf(page, text).locator('xpath=ancestor-or-self::*[@data-delivery]'),
  ).toHaveAttribute('data-delivery', 'sent')
}

/** How many entries the outbox has on the disk. */
async function outboxSize(page: Page, userId: string): Promise<number> {
  return page.evaluate(
    (name) =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open(name)
        opening.onupgradeneeded = () => opening.transaction?.abort()
        opening.onerror = () => resolve(0)
        opening.onsuccess = () => {
          const database = opening.result
          const counting = database.transaction('entries').objectStore('entries').count()
          counting.onsuccess = () => {
            database.close()
            resolve(counting.result)
          }
          counting.onerror = () => reject(counting.error ?? new Error('not counted'))
        }
      }),
    `connectnow-${userId}-outbox`,
  )
}

/** Writes find no space from now on: the quota of this Chromium is not to be had smaller. */
async function setFull(page: Page, isFull: boolean): Promise<void> {
  await page.evaluate((next) => Object.assign(globalThis, { isDiskFull: next }), isFull)
}

test('P5 on a full disk what is typed is sent all the same, and kept once there is space', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const page = await openBrowserOf('Ada', browser, url)
    await page.addInitScript(() => {
      for (const kind of ['put', 'add'] as const) {
        const write = IDBObjectStore.prototype[kind]
        IDBObjectStore.prototype[kind] = function fail(value, key) {
          if (Reflect.get(globalThis, 'isDiskFull') === true) {
            throw new DOMException('No space is left.', 'QuotaExceededError')
          }
          return key === undefined ? write.call(this, value) : write.call(this, value, key)
        }
      }
    })
    await page.reload()
    await createChannel(page, 'general')
    await send(page, 'before')
    await setFull(page, true)
    await page.context().setOffline(true)
    await expectConnection(page, 'offline')
    await send(page, 'no space left')
    await expect(status(page)).toContainText('out of space')
    await page.context().setOffline(false)
    await expectSent(page, 'no space left')

    await page.context().setOffline(true)
    await expectConnection(page, 'offline')
    await send(page, 'kept later')
    await setFull(page, false)
    // It is tried again after up to 30 s.
    await expect(status(page)).not.toContainText('out of space', { timeout: 60_000 })
    await page.reload()
    await expect(messageOf(page, 'no space left')).toBeVisible()
    await expect(messageOf(page, 'kept later')).toBeVisible()
    await page.context().setOffline(false)
    await expectSent(page, 'kept later')
  })
})

test('P5 data that is cleared while the page is open is written again from memory', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const page = await openBrowserOf('Ada', browser, url)
    await createChannel(page, 'general')
    await send(page, 'before')
    const userId = await userIdOf(page, url)
    await page.context().setOffline(true)
    await expectConnection(page, 'offline')
    await send(page, 'waiting')
    const client = await devtools(page)
    await client.send('Storage.clearDataForOrigin', {
      origin: new URL(url).origin,
      storageTypes: 'indexeddb',
    })
    await send(page, 'after it was cleared')
    await expect.poll(() => outboxSize(page, userId)).toBe(2)
    await expect(status(page)).not.toContainText('closed')
    await page.reload()
    for (const text of ['before', 'waiting', 'after it was cleared']) {
      await expect(messageOf(page, text)).toBeVisible()
    }
    await page.context().setOffline(false)
    await expectSent(page, 'waiting')
    await expectSent(page, 'after it was cleared')
  })
})

test('P5 data that is cleared while the page is closed is there again from the server', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const page = await openBrowserOf('Ada', browser, url)
    await createChannel(page, 'general')
    await send(page, 'on the server')
    await expectConnection(page, 'online')
    const address = page.url()
    await page.goto('about:blank')
    const client = await devtools(page)
    await client.send('Storage.clearDataForOrigin', {
      origin: new URL(url).origin,
      storageTypes: 'indexeddb',
    })
    await page.goto(address)
    await expect(messageOf(page, 'on the server')).toBeVisible()
    await expectSent(page, 'on the server')
    await untilInstalled(page)
    await page.context().setOffline(true)
    await page.reload()
    await expect(messageOf(page, 'on the server')).toBeVisible()
  })
})

test('P5 garbage in the copy and in the outbox costs no other message, and heals', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const page = await openBrowserOf('Ada', browser, url)
    await createChannel(page, 'general')
    await send(page, 'on the server')
    await expectSent(page, 'on the server')
    const userId = await userIdOf(page, url)
    const copy = `connectnow-${userId}-channel:${channelIdOf(page)}/1`
    await page.context().setOffline(true)
    await expectConnection(page, 'offline')
    await send(page, 'damaged words')
    await send(page, 'whole words')
    await expect.poll(() => outboxSize(page, userId)).toBe(2)
    await garble(page, copy, 'updates')
    await garble(page, `connectnow-${userId}-outbox`, 'entries')
    await page.reload()
    await expect(messageOf(page, 'whole words')).toBeVisible()
    await expect(messageOf(page, 'damaged words')).toContainText('only its words are left')
    await page.context().setOffline(false)
    await expectSent(page, 'on the server')
    await expectSent(page, 'whole words')
    await messageOf(page, 'damaged words').getByRole('button', { name: 'Retry' }).click()
    await expectSent(page, 'damaged words')
    await page.context().setOffline(true)
    await page.reload()
    await expect(messageOf(page, 'on the server')).toBeVisible()
    await expect(page.getByRole('article')).toHaveCount(3)
  })
})

test('P5 a tab of an older version sends what is typed in it, and says that a reload helps', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const page = await openBrowserOf('Ada', browser, url)
    await createChannel(page, 'general')
    const userId = await userIdOf(page, url)
    const newer = await page.context().newPage()
    await newer.goto(`${url}/icon.svg`)
    await newer.evaluate(
      (name) =>
        new Promise((resolve, reject) => {
          const opening = indexedDB.open(name, 2)
          opening.onsuccess = () => resolve(opening.result.version)
          opening.onerror = () => reject(opening.error ?? new Error('not opened'))
        }),
      `connectnow-${userId}-outbox`,
    )
    await expect(status(page)).toContainText('A newer version of ConnectNow')
    await send(page, 'from the older one')
    await expectSent(page, 'from the older one')
    await expect(status(page).getByRole('button', { name: 'Reload' })).toBeVisible()
  })
})

test('P5 a browser without storage says so, and people can read and write', async ({ browser }) => {
  await withServer(async ({ url }) => {
    const context = await browser.newContext()
    await context.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('The operation is insecure.', 'SecurityError')
      }
    })
    const page = await context.newPage()
    await signUpInBrowser(page, url, 'Ada')
    await createChannel(page, 'general')
    await send(page, 'private words')
    await expectSent(page, 'private words')
    await expect(status(page)).toContainText('keeps nothing on disk')
  })
})

test('P5 a disk that does not answer keeps nobody from reading and writing', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const page = await openBrowserOf('Ada', browser, url)
    await createChannel(page, 'general')
    await send(page, 'before')
    await expectSent(page, 'before')
    await page.addInitScript(() => {
      // A request that nobody answers is what such a disk looks like.
      IDBFactory.prototype.open = () => {
        const channel = new EventTarget()
        return Object.setPrototypeOf(channel, IDBOpenDBRequest.prototype)
      }
    })
    await page.reload()
    await expect(messageOf(page, 'before')).toBeVisible()
    await send(page, 'without a disk')
    await expectSent(page, 'without a disk')
    await expect(status(page)).toContainText('does not answer')
  })
})

test('the account menu says how much is kept, of how much, and whether it may be deleted', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const page = await openBrowserOf('Ada', browser, url)
    await page.getByRole('button', { name: 'Account of Ada' }).click()
    const menu = page.getByRole('menu')
    await expect(menu).toContainText(
      /[\d.]+ (MB|GB) of at most [\d.,]+ (MB|GB) kept on this device/,
    )
    const isPersisted = await page.evaluate(() => navigator.storage.persisted())
    await expect(menu).toContainText(isPersisted ? 'keeps it until' : 'may delete it')
  })
})

/** Damages what is stored: every update, or the entry of `damaged words`. */
async function garble(page: Page, name: string, store: string): Promise<void> {
  await page.evaluate(
    ([databaseName, storeName]) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open(databaseName)
        opening.onsuccess = () => {
          const database = opening.result
          const transaction = database.transaction(storeName, 'readwrite')
          const walking = transaction.objectStore(storeName).openCursor()
          walking.onsuccess = () => {
            const cursor = walking.result
            if (cursor === null) return
            if (cursor.value instanceof Uint8Array) cursor.update(new Uint8Array([255, 1, 255, 9]))
            else if (cursor.value.value.content === 'damaged words') {
              cursor.update({ ...cursor.value, kind: 7, clock: 'late' })
            }
            cursor.continue()
          }
          transaction.oncomplete = () => {
            database.close()
            resolve()
          }
          transaction.onerror = () => reject(transaction.error ?? new Error('not written'))
        }
        opening.onerror = () => reject(opening.error ?? new Error('not opened'))
      }),
    [name, store] as const,
  )
}
