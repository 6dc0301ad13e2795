import { expect } from '@playwright/test'
import type { Doc } from 'yjs'
import { openPlainClient } from '../server/testing/plain-client.ts'
import { createTokenResponseSchema } from '../shared/api/tokens.ts'
import { rootMap } from '../shared/document/layout.ts'
import { createId, type MessageId, type UserId } from '../shared/ids.ts'
import type { LiveMessage } from '../shared/records/message.ts'
import {
  channelIdOf,
  createChannel,
  deleteMessage,
  editMessage,
  messageOf,
  react,
  send,
  signUpInBrowser,
} from './testing/chat-page.ts'
import { signUp } from './testing/person.ts'
import { withServer } from './testing/run-server.ts'
import { test } from './testing/test.ts'

function write(document: Doc, authorId: UserId, content: string): void {
  const randomBytes = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16))
  const id = createId<MessageId>({ now: Date.now, randomBytes })
  const record: LiveMessage = {
    ...{ authorId, content, type: 'TEXT' },
    ...{ createdAt: Date.now(), version: 1 },
  }
  rootMap(document, 'messages').set(id, record)
}

test('P6 a y-websocket client, a browser and REST share one channel, offline and back', async ({
  page,
}) => {
  await withServer(async ({ url }) => {
    await signUpInBrowser(page, url, 'Ada')
    await createChannel(page, 'general')
    const id = channelIdOf(page)
    const ben = await signUp(url, 'Ben')
    await ben.post(url, `/api/channels/${id}/members`, { userId: ben.userId })
    const made = await ben.post(url, '/api/tokens', { name: 'bot' })
    const { token } = createTokenResponseSchema.parse(await made.json())
    const client = openPlainClient({ url }, `channel:${id}/1`, ben, { token })
    const { document, provider } = client
    const said = (): string => JSON.stringify(rootMap(document, 'messages').toJSON())
    await client.synced

    await send(page, 'from the screen')
    await expect.poll(said).toContain('from the screen')
    write(document, ben.userId, 'from the document')
    await expect(messageOf(page, 'from the document')).toContainText('Ben')
    await ben.post(url, `/api/channels/${id}/messages`, { content: 'over REST' })
    await expect(messageOf(page, 'over REST')).toBeVisible()
    await expect.poll(said).toContain('over REST')

    await react(page, 'from the document', '👍')
    await expect.poll(() => [...rootMap(document, 'reactions').keys()].join()).toContain('👍')
    await editMessage(page, 'from the screen', 'from another screen')
    await expect.poll(said).toContain('from another screen')

    provider.disconnect()
    write(document, ben.userId, 'written away')
    await send(page, 'said meanwhile')
    await deleteMessage(page, 'from another screen')
    expect(said()).not.toContain('said meanwhile')
    provider.connect()
    await expect(messageOf(page, 'written away')).toBeVisible()
    await expect.poll(said).toContain('said meanwhile')
    expect(said()).not.toContain('from another screen')
    provider.destroy()
  })
})
