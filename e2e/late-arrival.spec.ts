import { expect, test } from '@playwright/test'
import { rootMap } from '../shared/document/layout.ts'
import { createId, type MessageId } from '../shared/ids.ts'
import type { LiveMessage } from '../shared/records/message.ts'
import {
  channelIdOf,
  createChannel,
  messageOf,
  send,
  signUpInBrowser,
} from './testing/chat-page.ts'
import { signUp } from './testing/person.ts'
import { withServer } from './testing/run-server.ts'
import { openSyncConnection } from './testing/sync-connection.ts'

const HOUR_MS = 3_600_000

test('a message that reached the server long after it was written says so', async ({ page }) => {
  await withServer(async ({ url }) => {
    await signUpInBrowser(page, url, 'Ada')
    await createChannel(page, 'general')
    await send(page, 'at home')
    const id = channelIdOf(page)
    const ben = await signUp(url, 'Ben')
    await ben.post(url, `/api/channels/${id}/members`, { userId: ben.userId })
    const { document, synced, destroy } = openSyncConnection({
      url,
      cookie: ben.cookie,
      documentName: `channel:${id}/1`,
    })
    await synced
    const record: LiveMessage = {
      authorId: ben.userId,
      content: 'from the train',
      type: 'TEXT',
      createdAt: Date.now() - HOUR_MS,
      version: 1,
    }
    const randomBytes = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16))
    rootMap(document, 'messages').set(createId<MessageId>({ now: Date.now, randomBytes }), record)
    await expect(messageOf(page, 'from the train')).toContainText('arrived later, at')
    await expect(messageOf(page, 'at home')).not.toContainText('arrived later')
    destroy()
  })
})
