import { expect } from '@playwright/test'
import { rootMap } from '../shared/document/layout.ts'
import { createId, type MessageId } from '../shared/ids.ts'
import type { LiveMessage } from '../shared/records/message.ts'
import {
  channelIdOf,
  createChannel,
  messageOf,
  openChannel,
  send,
  signUpInBrowser,
} from './testing/chat-page.ts'
import { signUp } from './testing/person.ts'
import { withServer } from './testing/run-server.ts'
import { openSyncConnection } from './testing/sync-connection.ts'
import { test } from './testing/test.ts'

const DAYS_MS = 3 * 86_400_000

test('a message that reached the server long after it was written says so', async ({ page }) => {
  await withServer(async ({ url }) => {
    await signUpInBrowser(page, url, 'Ada')
    await createChannel(page, 'general')
    await send(page, 'at home')
    const id = channelIdOf(page)
    await createChannel(page, 'elsewhere')
    const ben = await signUp(url, 'Ben')
    await ben.post(url, `/api/channels/${id}/members`, { userId: ben.userId })
    const { document, synced, unconfirmed, destroy } = openSyncConnection({
      url,
      cookie: ben.cookie,
      documentName: `channel:${id}/1`,
    })
    await synced
    const record: LiveMessage = {
      authorId: ben.userId,
      content: 'from the train',
      type: 'TEXT',
      createdAt: Date.now() - DAYS_MS,
      version: 1,
    }
    const randomBytes = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16))
    rootMap(document, 'messages').set(createId<MessageId>({ now: Date.now, randomBytes }), record)
    await expect.poll(unconfirmed).toBe(0)
    // She was elsewhere, and had looked here before; what stands three days back names its day.
    await openChannel(page, 'general')
    await expect(messageOf(page, 'from the train')).toContainText('arrived later, on')
    await expect(messageOf(page, 'at home')).not.toContainText('arrived later')
    destroy()
  })
})
