import { expect } from '@playwright/test'
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

test('P5 when access ends, what one was changing stays in reach until it is given up or can be saved', async ({
  browser,
}) => {
  await withServer(async ({ url }) => {
    const ada = await openBrowserOf('Ada', browser, url)
    await createChannel(ada, 'keepers', true)
    const ben = await openBrowserOf('Ben', browser, url)
    const benId = await userIdOf(ben, url)
    const membersPath = `/channels/${channelIdOf(ada)}/members`
    await requestAs(ada, url, 'POST', membersPath, { userId: benId })
    await openChannel(ben, 'keepers')
    for (const text of ['Ben one', 'Ben two']) {
      await send(ben, text)
      await expect(messageOf(ada, text)).toBeVisible()
      await choose(ben, text, 'Edit message')
      await messageOf(ben, text).getByLabel('Edit this message').fill(`${text}, better`)
    }
    const address = ben.url()
    await requestAs(ada, url, 'DELETE', `${membersPath}/${benId}`)

    // Both are there to read, and no longer in the place of their messages.
    const left = ben.getByLabel('What you were changing')
    await expect(left).toHaveCount(2)
    await expect(ben.getByLabel('Edit this message')).toHaveCount(0)
    await expect(messageOf(ben, 'Ben one')).toBeVisible()
    const values = await left.evaluateAll((areas) =>
      areas.map((area) => (area instanceof HTMLTextAreaElement ? area.value : '')).toSorted(),
    )
    expect(values).toEqual(['Ben one, better', 'Ben two, better'])

    // One way there from the list, for both of them, after a reload and without the network.
    await ben.goto(url)
    const link = ben.getByRole('link', { name: 'A conversation you are no longer in draft' })
    await expect(link).toHaveCount(1)
    await ben.context().setOffline(true)
    await expectConnection(ben, 'offline')
    await ben.reload()
    await link.click()
    await expect(ben).toHaveURL(address)
    await expect(left).toHaveCount(2)
    const first = ben.getByRole('region', { name: 'Not sent' }).first()
    const kept = (await left.last().inputValue()).replace(', better', '')
    await first.getByRole('button', { name: 'Discard' }).click()
    await first.getByRole('button', { name: 'Discard for good' }).click()
    await expect(left).toHaveCount(1)

    // Let in again, one goes on where one was.
    await requestAs(ada, url, 'POST', membersPath, { userId: benId })
    await ben.context().setOffline(false)
    await expect(left).toHaveCount(0)
    await expect(ben.getByLabel('Edit this message')).toHaveValue(`${kept}, better`)
    await ben.getByRole('button', { name: 'Save' }).click()
    await expect(messageOf(ada, `${kept}, better`)).toBeVisible()
    await expect(link).toHaveCount(0)
  })
})
