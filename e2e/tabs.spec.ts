import { expect, type Browser, type Page } from '@playwright/test'
import {
  createChannel,
  editMessage,
  expectConnection,
  joinChannel,
  messageOf,
  openBrowserOf,
  react,
  readScreen,
  send,
  untilInstalled,
} from './testing/chat-page.ts'
import { withServer } from './testing/run-server.ts'
import { test } from './testing/test.ts'

interface Tab {
  page: Page
  /** Connections to the server that are open in it. */
  connections: () => number
}

test('P6 three tabs of one browser share one connection, and show the same', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const { tabs, ben } = await openTabs(browser, url)
    await expect.poll(() => leadersOf(tabs).length).toBe(1)
    for (const [index, { page }] of tabs.entries()) await send(page, `From tab ${index}`)
    await send(ben, 'From somebody else')
    for (const { page } of tabs) await expect(messageOf(page, 'From somebody else')).toBeVisible()
    const { writer } = rolesOf(tabs)
    await editMessage(writer.page, 'From tab 0', 'Edited in a tab that follows')
    await react(writer.page, 'From tab 1', '👍')
    await untilSame([...tabs.map(({ page }) => page), ben], 4)
    expect(leadersOf(tabs)).toHaveLength(1)
  })
})

for (const how of ['is closed', 'crashes'] as const) {
  test(`P5 the leading tab ${how} while another writes, and nothing is lost or doubled`, async ({
    browser,
  }) => {
    await withServer(async ({ url }) => {
      const { tabs, ben } = await openTabs(browser, url)
      for (const { page } of tabs) await send(page, 'Before')
      await untilSame([...tabs.map(({ page }) => page), ben], 3)
      const { leader, writer, other } = rolesOf(tabs)
      await send(writer.page, 'Just before')
      await stop(leader.page, how)
      await send(writer.page, 'Just after')
      await send(other.page, 'From the third')
      await untilSame([writer.page, other.page, ben], 6)
      await expect.poll(() => leadersOf([writer, other]).length).toBe(1)
      await send(ben, 'Does it go on?')
      await untilSame([writer.page, other.page, ben], 7)
    })
  })
}

test('P5 the leading tab is frozen while another writes, which takes the lead', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const { tabs, ben } = await openTabs(browser, url)
    await send(tabs[0].page, 'Before')
    await untilSame([...tabs.map(({ page }) => page), ben], 1)
    const { leader, writer, other } = rolesOf(tabs)
    const goOn = await freeze(leader.page)
    await send(writer.page, 'Nobody answers')
    await untilSame([writer.page, other.page, ben], 2)
    expect(leadersOf([writer, other])).toHaveLength(1)
    await goOn()
    await expect.poll(() => leader.connections()).toBe(0)
    await send(leader.page, 'From the one that led')
    await untilSame([...tabs.map(({ page }) => page), ben], 3)
    expect(leadersOf(tabs)).toHaveLength(1)
  })
})

test('P5 the leading tab crashes offline, and what was written in all tabs goes out later', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const { tabs, ben } = await openTabs(browser, url)
    await send(tabs[0].page, 'Before')
    await untilSame([...tabs.map(({ page }) => page), ben], 1)
    const { leader, writer, other } = rolesOf(tabs)
    await leader.page.context().setOffline(true)
    for (const { page } of tabs) await expectConnection(page, 'offline')
    await send(leader.page, 'Offline, in the leading tab')
    await send(writer.page, 'Offline, in another')
    await expect(messageOf(other.page, 'Offline, in another')).toBeVisible()
    await stop(leader.page, 'crashes')
    await send(writer.page, 'Offline, after the crash')
    await expect(messageOf(other.page, 'Offline, after the crash')).toBeVisible()
    await writer.page.reload()
    await expect(messageOf(writer.page, 'Offline, after the crash')).toBeVisible()
    // Playwright cannot tell a crashed page that there is a network again.
    await leader.page.close()
    await other.page.context().setOffline(false)
    await untilSame([writer.page, other.page, ben], 4)
    expect(leadersOf([writer, other])).toHaveLength(1)
  })
})

/** Three tabs of Ada, who made a channel, and the browser of Ben, who joined it. */
async function openTabs(
  browser: Browser,
  url: string,
): Promise<{ tabs: [Tab, Tab, Tab]; ben: Page }> {
  const first = await openBrowserOf('Ada', browser, url)
  await createChannel(first, 'lighthouse')
  await untilInstalled(first)
  const ben = await openBrowserOf('Ben', browser, url)
  await joinChannel(ben, 'lighthouse')
  const address = first.url()
  const open = async (): Promise<Tab> => {
    const page = await first.context().newPage()
    const tab = watch(page)
    await page.goto(address)
    await expectConnection(page, 'online')
    return tab
  }
  const tabs: [Tab, Tab, Tab] = [await open(), await open(), await open()]
  // The tab that was there before anybody counted.
  await first.close()
  await expect.poll(() => leadersOf(tabs).length).toBe(1)
  for (const { page } of tabs) await expectConnection(page, 'online')
  return { tabs, ben }
}

function watch(page: Page): Tab {
  const open = new Set<unknown>()
  page.on('websocket', (socket) => {
    if (!socket.url().includes('/sync')) return
    open.add(socket)
    socket.on('close', () => open.delete(socket))
  })
  return { page, connections: () => open.size }
}

const leadersOf = (tabs: readonly Tab[]): Tab[] => tabs.filter((tab) => tab.connections() > 0)

/** The one that leads, and the two that follow. */
function rolesOf(tabs: readonly Tab[]): { leader: Tab; writer: Tab; other: Tab } {
  const [leader] = leadersOf(tabs)
  const [writer, other] = tabs.filter((tab) => tab !== leader)
  if (leader === undefined || writer === undefined || other === undefined) {
    throw new Error('There are not three tabs of which one leads')
  }
  return { leader, writer, other }
}

async function stop(page: Page, how: 'is closed' | 'crashes'): Promise<void> {
  if (how === 'is closed') return page.close()
  const session = await page.context().newCDPSession(page)
  const crashed = page.waitForEvent('crash')
  // It does not live to answer.
  session.send('Page.crash').catch(() => undefined)
  await crashed
  return undefined
}

/** The page runs no more and keeps what it holds, as when a browser freezes it, until it goes on. */
async function freeze(page: Page): Promise<() => Promise<unknown>> {
  const session = await page.context().newCDPSession(page)
  await session.send('Debugger.enable')
  await session.send('Debugger.pause')
  return () => session.send('Debugger.disable')
}

/** All show the same messages, so many, and each of them sent. */
async function untilSame(pages: readonly Page[], count: number): Promise<void> {
  for (const page of pages) {
    await expect
      .poll(async () => (await readScreen(page)).map(({ delivery }) => delivery))
      .toEqual(Array.from({ length: count }, () => 'sent'))
  }
  const [first, ...others] = await Promise.all(
    pages.map(async (page) => (await readScreen(page)).map(({ id }) => id)),
  )
  for (const other of others) expect(other).toEqual(first)
}
