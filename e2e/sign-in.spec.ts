import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'
import { mailedLink } from '../server/testing/mailed-links.ts'
import { startMailServer, type MailServer } from '../server/testing/mail-server.ts'
import { CLIENT, startProvider } from '../server/testing/provider.ts'
import { expectConnection } from './testing/chat-page.ts'
import { findFreePort } from './testing/find-free-port.ts'
import { signUp } from './testing/person.ts'
import { withServer } from './testing/run-server.ts'
import { test } from './testing/test.ts'

const EMAIL = 'ada@example.test'

let mails: MailServer
test.beforeEach(async () => {
  mails = await startMailServer()
})
test.afterEach(() => mails.close())

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id }) => id)).toEqual([])
}

/** The path and secret of the link that was mailed. */
async function mailedPath(page: string): Promise<string> {
  const { pathname, hash } = await mailedLink(mails, page, EMAIL)
  return pathname + hash
}

test('a forgotten password is replaced, and a mailed link signs in, on screens that all can use', async ({
  browser,
  page,
}) => {
  const settings = { SMTP_URL: mails.url }
  await withServer(async ({ url }) => {
    await signUp(url, 'Ada')
    await page.goto(url)
    await page.getByRole('button', { name: 'Forgotten your password?' }).click()
    await page.getByLabel('E-mail').fill(EMAIL)
    await page.getByRole('button', { name: 'Mail me a link' }).click()
    await expect(page.getByRole('status')).toContainText('the mail is on its way')
    await expectAccessible(page)
    await page.goto(url + (await mailedPath('/reset-password')))
    await page.getByLabel('New password').fill('another long password')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Save password' }).click()
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.getByLabel('E-mail').fill(EMAIL)
    await page.getByLabel('Password').fill('another long password')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expectConnection(page, 'online')

    const context = await browser.newContext()
    const other = await context.newPage()
    await other.goto(url)
    await other.getByRole('button', { name: 'Sign in by e-mail' }).click()
    await other.getByLabel('E-mail').fill(EMAIL)
    await other.getByRole('button', { name: 'Mail me a link' }).click()
    const link = url + (await mailedPath('/magic-link'))
    await other.goto(link)
    await expectAccessible(other)
    await other.getByRole('button', { name: 'Sign in' }).click()
    await expectConnection(other, 'online')
    await other.goto(link)
    await other.getByRole('button', { name: 'Sign in' }).click()
    await expect(other.getByRole('alert')).toContainText('used up or too old')
    await context.close()
  }, settings)
})

test('a provider signs in, and whoever does not agree there is told', async ({ page }) => {
  const port = await findFreePort()
  const provider = await startProvider(`http://127.0.0.1:${port}`)
  const email = { email: EMAIL, email_verified: true }
  provider.accounts.set('ada', { sub: 'ada', name: 'Ada', ...email })
  const settings = {
    ...{ PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}` },
    ...{ OIDC_ISSUER: provider.issuer, OIDC_NAME: 'Example Login' },
    ...{ OIDC_CLIENT_ID: CLIENT.id, OIDC_CLIENT_SECRET: CLIENT.secret },
  }
  await withServer(async () => {
    await page.goto(settings.PUBLIC_URL)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    const enter = page.getByRole('button', { name: 'Continue with Example Login' })
    await expectAccessible(page)
    await enter.click()
    await page.getByRole('link', { name: 'Cancel' }).click()
    await expect(page.getByText('Signing in there was cancelled.')).toBeVisible()
    await enter.click()
    await page.getByPlaceholder('Enter any login').fill('ada')
    await page.getByPlaceholder('and password').fill('x')
    await page.getByRole('button', { name: 'Sign-in' }).click()
    await page.getByRole('button', { name: 'Continue' }).click()
    await expectConnection(page, 'online')
  }, settings)
  await provider.close()
})
