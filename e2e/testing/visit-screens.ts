/** Walks through every screen that the app has, as its people would get there. */
import { expect, type Page } from '@playwright/test'
import {
  channelIdOf,
  choose,
  deleteMessage,
  expectConnection,
  messageOf,
  openChannel,
  requestAs,
  send,
  signUpInBrowser,
} from './chat-page.ts'
import { postAs } from './person.ts'

/** Called at each screen, with its name. */
export type VisitScreen = (name: string) => Promise<void>

/** What a person sees before they are in a workspace, and right after. */
export async function visitEntrance(page: Page, url: string, visit: VisitScreen): Promise<void> {
  await page.goto(`${url}/claim#${'x'.repeat(43)}`)
  await page.getByLabel('Password').fill('correct horse battery')
  await page.getByRole('button', { name: 'Claim account' }).click()
  await expect(page.getByText('This link is used up or too old.')).toBeVisible()
  await visit('claim page')
  await page.goto(url)
  await expect(page.getByRole('heading', { name: 'Create the owner’s account' })).toBeVisible()
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('E-mail').fill('nobody@example.test')
  await page.getByLabel('Password').fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('E-mail or password is wrong.')).toBeVisible()
  await visit('sign-in')
  await page.getByRole('button', { name: 'Create an account' }).click()
  await visit('sign-up of the owner')
  await page.goto(url)
  await signUpInBrowser(page, url, 'Ada')
  await expect(page.getByRole('button', { name: 'Fill in a sample' })).toBeVisible()
  await visit('first start')
}

/** Conversations with everything that the sample has, and more. */
export async function visitConversations(page: Page, visit: VisitScreen): Promise<void> {
  await page.getByRole('button', { name: 'Fill in a sample' }).click()
  await expect(page.getByRole('link', { name: 'general' })).toBeVisible()
  await visit('channel list')
  const general = page.getByRole('link', { name: 'general' })
  const id = (await general.getAttribute('href'))?.split('/').at(-1) ?? ''
  await postAs('Visitor', new URL(page.url()).origin, id, ['<@channel>, is anybody here?'])
  await expect(general).toHaveAccessibleName('general 1 unread, 1 mention')
  await visit('channel list with something unread')
  await page.getByRole('button', { name: 'Account of Ada' }).click()
  await visit('account menu')
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await visitDialog(page, visit, 'sign-out')

  await openChannel(page, 'lamp-room')
  await expect(messageOf(page, 'pressure 1008 hPa')).toBeVisible()
  await page.getByRole('log').first().focus()
  await page.keyboard.press('Home')
  await expect(page.getByText('const periodMs')).toBeVisible()
  await visit('conversation with code and reactions')
  await openChannel(page, 'supplies')
  await expect(page.getByRole('table')).toBeVisible()
  await visit('conversation with a table')

  await openChannel(page, 'general')
  await expect(messageOf(page, 'The supply boat comes')).toBeVisible()
  await send(page, 'A message that is deleted')
  await choose(page, 'A message that is deleted', 'Reply in thread')
  await page.getByLabel('Reply', { exact: true }).fill('An answer to it')
  await page.getByRole('region', { name: 'Thread' }).getByRole('button', { name: 'Send' }).click()
  await page.getByRole('button', { name: 'Close thread' }).click()
  await deleteMessage(page, 'A message that is deleted')
  await expect(page.getByText('This message was deleted.')).toBeVisible()
  await send(page, 'A message that stays, at https://example.test/a/long/address')
  await visit('conversation with mentions and a deleted message')
  await page.getByRole('log').first().focus()
  await page.keyboard.press('Home')
  await expect(messageOf(page, 'Välkomna')).toBeVisible()
  await visit('conversation from its start')
  await page.getByRole('button', { name: '3 replies' }).click()
  await expect(page.getByRole('region', { name: 'Thread' })).toBeVisible()
  await visit('thread')
  await page.getByRole('button', { name: 'Close thread' }).click()
  const path = `/channels/${channelIdOf(page)}/messages`
  const welcome = await messageOf(page, 'Välkomna').getAttribute('data-message-id')
  await followLink(page, `${path}/${welcome}`)
  await expect(page.locator('[data-goal="true"]')).toContainText('Välkomna')
  await visit('message of a link')
  await followLink(page, `${path}/0193a5a0-0000-7000-8000-000000000009`)
  await expect(page.getByText('The message of this link is not there')).toBeVisible()
  await visit('message of a link that is not there')
  await page.getByRole('button', { name: 'Show newest messages' }).click()
  await page.getByLabel('Message', { exact: true }).fill('@')
  await expect(page.getByRole('listbox')).toBeVisible()
  await visit('mention list')
  await page.getByLabel('Message', { exact: true }).fill('x'.repeat(16_001))
  await visit('too long a message')
  await page.getByLabel('Message', { exact: true }).fill('')
}

/** The dialogs and menus of a conversation and of the list beside it. */
export async function visitDialogs(page: Page, visit: VisitScreen): Promise<void> {
  for (const item of ['Pinned messages', 'Members', 'Add people', 'Leave channel']) {
    await page.getByRole('button', { name: 'Conversation menu' }).click()
    if (item === 'Members') await visit('conversation menu')
    await page.getByRole('menuitem', { name: item }).click()
    if (item === 'Members')
      await expect(page.getByText('Kofi', { exact: false })).not.toHaveCount(0)
    await visitDialog(page, visit, item)
  }
  const mine = 'A message that stays'
  await choose(page, mine, 'Pin')
  await page.getByRole('button', { name: 'Conversation menu' }).click()
  await page.getByRole('menuitem', { name: 'Pinned messages' }).click()
  await expect(page.getByRole('dialog').getByText(mine)).toBeVisible()
  await visitDialog(page, visit, 'a pinned message')
  await messageOf(page, mine).hover()
  await messageOf(page, mine).getByRole('button', { name: 'More actions' }).click()
  await visit('message menu')
  await page.getByRole('menuitem', { name: 'Add a reaction' }).click()
  await expect(page.getByRole('button', { name: 'grinning face', exact: true })).toBeVisible()
  await visitDialog(page, visit, 'emoji')
  await choose(page, mine, 'Delete message')
  await visitDialog(page, visit, 'delete message')
  await choose(page, mine, 'Edit message')
  await visit('editing')
  await page.getByRole('button', { name: 'Cancel' }).click()

  await showList(page)
  await page.getByRole('button', { name: 'Create a channel' }).click()
  await page.getByLabel('Name').fill('general')
  await page.getByRole('button', { name: 'Create channel' }).click()
  await expect(page.getByText('There is a channel with this name.')).toBeVisible()
  await visitDialog(page, visit, 'create channel')
  await page.getByRole('button', { name: 'Start a direct message' }).click()
  await page.getByRole('checkbox', { name: 'kofi' }).check()
  await visitDialog(page, visit, 'start a direct message')
  await page.getByRole('button', { name: 'Browse channels' }).click()
  await visitDialog(page, visit, 'browse channels')
  await page.getByRole('link', { name: 'Ines' }).click()
  await expect(messageOf(page, 'Good to have you here!')).toBeVisible()
  await visit('direct message')
}

/** Offline, refused and signed out. */
export async function visitTroubles(page: Page, url: string, visit: VisitScreen): Promise<void> {
  await openChannel(page, 'supplies')
  const channelId = channelIdOf(page)
  await page.context().setOffline(true)
  await expectConnection(page, 'offline')
  await send(page, 'Written offline')
  await visit('offline')
  await requestAs(page, url, 'DELETE', `/channels/${channelId}`)
  await page.context().setOffline(false)
  await expect(messageOf(page, 'Written offline')).toHaveAttribute('data-delivery', 'refused')
  await expectConnection(page, 'online')
  await visit('refused message')
  await messageOf(page, 'Written offline').getByRole('button', { name: 'Discard' }).click()
  await visit('discarding a refused message')
  await openChannel(page, 'general')
  await requestAs(page, url, 'POST', '/auth/sign-out', {})
  await expect(page.getByRole('button', { name: 'Sign in again to send' })).toBeVisible()
  await visit('signed-out banner')
  await page.getByRole('button', { name: 'Sign in again to send' }).click()
  await visitDialog(page, visit, 'sign in again')
}

async function visitDialog(page: Page, visit: VisitScreen, name: string): Promise<void> {
  await expect(page.getByRole('dialog')).toBeVisible()
  await visit(`dialog: ${name}`)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
}

/** As a link within the app would: without loading it anew. */
async function followLink(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => history.pushState(null, '', to), path)
}

async function showList(page: Page): Promise<void> {
  const back = page.getByRole('button', { name: 'All conversations' })
  if (await back.isVisible()) await back.click()
}
