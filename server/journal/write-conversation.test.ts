import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { rootMap } from '../../shared/document/layout.ts'
import { formatConversationName, type Conversation } from '../../shared/document/names.ts'
import { channelIdSchema } from '../../shared/ids.ts'
import { messageRecordSchema } from '../../shared/records/message.ts'
import {
  ada,
  firstMessageId,
  memberAccess,
  message,
  now,
  updateOf,
} from '../../shared/testing/updates.ts'
import { openTemporaryDatabase } from '../testing/temporary-database.ts'
import { openEngine } from './open-engine.ts'
import { createConversationWriter } from './write-conversation.ts'

const conversation: Conversation = {
  kind: 'channel',
  id: channelIdSchema.parse('0193a5a0-0000-7000-8000-0000000000c1'),
}
const place = { conversation, segment: 1 }
const actor = { kind: 'person', userId: ada, access: memberAccess } as const

async function openWriter() {
  const { sqlite, close } = openTemporaryDatabase()
  sqlite
    .prepare('INSERT INTO channels (id, name, slug, created_at, updated_at) VALUES (?, ?, ?, ?, ?)')
    .run(conversation.id, 'General', 'general', now, now)
  const engine = openEngine({
    sqlite,
    now: () => now,
    onProjectionFailure: (error) => expect.unreachable(String(error)),
  })
  const name = formatConversationName(conversation)
  const document = new Y.Doc()
  engine.documents.register(name, document, 0)
  const writer = createConversationWriter({ ...engine, withDocument: (_, use) => use() })
  await writer.write(conversation, actor, [
    { root: 'messages', key: firstMessageId, value: message(ada) },
  ])
  const standing = () =>
    messageRecordSchema.parse(rootMap(document, 'messages').get(firstMessageId))
  /** What a browser sends at this moment: a next version of the message as it stands. */
  const editInBrowser = (content: string): Promise<unknown> => {
    const value = { ...standing(), content, version: standing().version + 1 }
    const update = updateOf(document, ({ messages }) => messages.set(firstMessageId, value))
    return engine.admission.admit({ documentName: name, update, actor, writer: 'person' })
  }
  return {
    ...{ writer, standing, editInBrowser },
    async close() {
      engine.close()
      await close()
    },
  }
}

test('P2 a change is decided again when a browser was quicker', async () => {
  const { writer, standing, editInBrowser, close } = await openWriter()
  const seen: number[] = []
  await writer.change(place, actor, (read) => {
    const record = messageRecordSchema.parse(read('messages', firstMessageId))
    seen.push(record.version)
    // In the same batch, and before what is decided here.
    if (seen.length === 1) void editInBrowser('from a browser')
    const content = `${record.content}, then here`
    const value = { ...record, content, version: record.version + 1 }
    return [{ root: 'messages', key: firstMessageId, value }]
  })
  expect(seen).toEqual([1, 2])
  expect(standing()).toMatchObject({ content: 'from a browser, then here', version: 3 })
  await close()
})

test('P2 a change that is overtaken each time is given up, and leaves nothing', async () => {
  const { writer, standing, editInBrowser, close } = await openWriter()
  let decisions = 0
  const change = writer.change(place, actor, (read) => {
    const record = messageRecordSchema.parse(read('messages', firstMessageId))
    decisions += 1
    void editInBrowser(`${decisions}`)
    return [{ root: 'messages', key: firstMessageId, value: { ...record, content: 'never' } }]
  })
  await expect(change).rejects.toMatchObject({ code: 'try_again' })
  expect(standing().content).toBe(`${decisions}`)
  await close()
})

test('what is decided may be nothing, or a no', async () => {
  const { writer, standing, close } = await openWriter()
  await writer.change(place, actor, () => [])
  const change = writer.change(place, actor, () => {
    throw new RangeError('no')
  })
  await expect(change).rejects.toThrow(RangeError)
  expect(standing().version).toBe(1)
  await close()
})
