import { expect } from '@playwright/test'
import { createId, type ChannelId } from '../shared/ids.ts'
import {
  channelIdOf,
  choose,
  createChannel,
  expectConnection,
  messageOf,
  openBrowserOf,
  openChannel,
  requestAs,
  send,
  userIdOf,
} from './testing/chat-page.ts'
import { withServer } from './testing/run-server.ts'
import { test } from './testing/test.ts'

const PHONE = { width: 375, height: 700 }
const EMOJI = ['👍', '🎉', '❤️']
const MESSAGES = ['one', 'two', 'three', 'four', 'five'].map((word) => `Keeper ${word}`)

test('P5 when access ends, drafts and refused changes stay in reach and leave room for the rest', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const ada = await openBrowserOf('Ada', browser, url)
    await createChannel(ada, 'keepers', true)
    for (const text of MESSAGES) await send(ada, text)
    const ben = await openBrowserOf('Ben', browser, url)
    const benId = await userIdOf(ben, url)
    const membersPath = `/channels/${channelIdOf(ada)}/members`
    await requestAs(ada, url, 'POST', membersPath, { userId: benId })
    await openChannel(ben, 'keepers')
    await choose(ben, 'Keeper one', 'Reply in thread')
    await ben.getByLabel('Reply', { exact: true }).fill('Half an answer')
    await ben.getByRole('button', { name: 'Close thread' }).click()
    await ben.getByLabel('Message', { exact: true }).fill('Half a thought')
    const address = ben.url()

    await ben.context().setOffline(true)
    await expectConnection(ben, 'offline')
    for (const text of MESSAGES) {
      for (const emoji of EMOJI) {
        await messageOf(ben, text).hover()
        await messageOf(ben, text)
          .getByRole('button', { name: `React with ${emoji}` })
          .click()
      }
    }
    await requestAs(ada, url, 'DELETE', `${membersPath}/${benId}`)
    await ben.context().setOffline(false)
    await ben.setViewportSize(PHONE)

    // Fifteen refused reactions: all in one notice, and the conversation still to be seen.
    const refused = ben.getByRole('group').filter({ hasText: '15 changes were not delivered' })
    await expect(refused.getByRole('listitem')).toHaveCount(15)
    await expect(refused).toContainText('Reaction 🎉')
    await expect(refused).toContainText('Keeper five')
    const list = await ben.getByRole('log').boundingBox()
    expect(list?.height).toBeGreaterThan(100)
    const [retry, discard] = await Promise.all(
      ['Retry', 'Discard'].map((name) =>
        refused.getByRole('listitem').first().getByRole('button', { name }).boundingBox(),
      ),
    )
    expect(retry?.y).toBe(discard?.y)
    await refused.getByRole('button', { name: 'Discard all' }).click()
    await refused.getByRole('button', { name: 'Discard all for good' }).click()
    await expect(refused).toHaveCount(0)

    // What he was writing is there to read, here and from the list.
    const draft = ben.getByLabel('What you were writing')
    await expect(draft).toHaveValue('Half a thought')
    await expect(ben.getByLabel('Message', { exact: true })).toHaveCount(0)
    await ben.goto(url)
    const links = ben.getByRole('link', { name: 'A conversation you are no longer in draft' })
    await expect(links).toHaveCount(2)
    await ben.goto(address)
    await ben.getByRole('button', { name: 'Discard' }).click()
    await ben.getByRole('button', { name: 'Discard for good' }).click()
    await expect(draft).toHaveCount(0)
    await ben.getByRole('button', { name: 'All conversations' }).click()
    await links.click()
    await expect(draft).toHaveValue('Half an answer')

    // A link to a conversation that he never knew offers nothing to write into either.
    const randomBytes = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16))
    const nowhere = createId<ChannelId>({ now: Date.now, randomBytes })
    await ben.goto(`${url}/channels/${nowhere}`)
    await expect(ben.getByRole('heading', { name: 'Looking for this conversation' })).toBeVisible()
    await expect(ben.getByRole('button', { name: 'Conversation menu' })).toBeVisible()
    await expect(ben.getByLabel('Message', { exact: true })).toHaveCount(0)
  })
})

test('P5 P7 where posting is left to admins, the place to write gives way to the reason, and what was written offline stays', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const ada = await openBrowserOf('Ada', browser, url)
    await createChannel(ada, 'news')
    await send(ada, 'First')
    const ben = await openBrowserOf('Ben', browser, url)
    const benId = await userIdOf(ben, url)
    const channel = `/channels/${channelIdOf(ada)}`
    await requestAs(ada, url, 'POST', `${channel}/members`, { userId: benId })
    await openChannel(ben, 'news')
    await expect(ben.getByLabel('Message', { exact: true })).toBeVisible()
    await ben.context().setOffline(true)
    await expectConnection(ben, 'offline')
    await ben.getByLabel('Message', { exact: true }).fill('Written offline')
    await ben.getByLabel('Message', { exact: true }).press('Enter')
    await requestAs(ada, url, 'PATCH', channel, { posting: 'ADMINS' })
    await ben.context().setOffline(false)

    await expect(ben.getByText('Only some members may post in this channel.').first()).toBeVisible()
    await expect(messageOf(ben, 'Written offline')).toContainText('Only some members may post')
    await expect(ben.getByLabel('Message', { exact: true })).toHaveCount(0)
    await messageOf(ben, 'First').hover()
    await messageOf(ben, 'First').getByRole('button', { name: 'React with 👍' }).click()
    await expect(messageOf(ada, 'First')).toContainText('👍')
    await expect(messageOf(ada, 'Written offline')).toHaveCount(0)

    await requestAs(ada, url, 'PATCH', channel, { posting: 'EVERYONE' })
    await expect(ben.getByLabel('Message', { exact: true })).toBeVisible()
    await messageOf(ben, 'Written offline').getByRole('button', { name: 'Retry' }).click()
    await expect(messageOf(ada, 'Written offline')).toBeVisible()
  })
})
