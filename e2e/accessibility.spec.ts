import AxeBuilder from '@axe-core/playwright'
import { expect, type BrowserContextOptions, type Page } from '@playwright/test'
import { withServer } from './testing/run-server.ts'
import {
  visitConversations,
  visitDialogs,
  visitEntrance,
  visitTroubles,
} from './testing/visit-screens.ts'
import { test } from './testing/test.ts'

const sizes: Record<string, BrowserContextOptions> = {
  'a screen of 1280x800': { viewport: { width: 1280, height: 800 } },
  'a phone of 390x780': { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true },
}
const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']
/** The smallest screen that nobody shall have to scroll sideways on. */
const NARROWEST_PX = 320

for (const [size, options] of Object.entries(sizes)) {
  test(`no screen breaks WCAG 2.2 AA on ${size}, light or dark, or scrolls sideways`, async ({
    browser,
  }) => {
    // Every screen is looked at four times.
    test.setTimeout(300_000)
    await withServer(async ({ url }) => {
      const context = await browser.newContext(options)
      const page = await context.newPage()
      const visit = async (name: string): Promise<void> => {
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme })
          expect.soft(await findFaults(page), `${name}, ${colorScheme}`).toEqual([])
        }
        await expectNoSidewaysScroll(page, name)
      }
      await visitEntrance(page, url, visit)
      await visitConversations(page, visit)
      await visitDialogs(page, visit)
      await visitTroubles(page, url, visit)
      await page.goto(`${url}/api/docs`)
      await visit('the page of the API')
      await context.close()
    })
  })
}

/** What axe finds on the page as it is now: rule and elements. */
async function findFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(STANDARDS).analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${html} ${any.map(({ message }) => message).join('; ')}`),
  )
}

async function expectNoSidewaysScroll(page: Page, name: string): Promise<void> {
  const size = page.viewportSize()
  if (size === null) throw new Error('The page has no size')
  await page.setViewportSize({ ...size, width: NARROWEST_PX })
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect.soft(overflow, `${name} at ${NARROWEST_PX}px`).toBe(0)
  await page.setViewportSize(size)
}
