/** What a person does next to their own copy of a conversation, for tests of random histories. */
import type * as Y from 'yjs'
import { rootMap, type RootName } from '../../shared/document/layout.ts'
import type { RecordEdit } from '../../shared/document/record-edit.ts'
import type { Actor } from '../../shared/guard/actor.ts'
import { mayDeleteMessage, mayEditMessage } from '../../shared/guard/judge-message.ts'
import { fileIdSchema, type MessageId } from '../../shared/ids.ts'
import { messageRecordSchema, type MessageRecord } from '../../shared/records/message.ts'
import { formatReactionKey, parseReactionKey } from '../../shared/records/reaction.ts'
import { ada, ben, cleo, createIdSequence, message } from '../../shared/testing/updates.ts'

/** All that a person can do to a conversation. */
export const deedKinds = [
  'send',
  'reply',
  'edit',
  'delete',
  'react',
  'unreact',
  'pin',
  'unpin',
] as const

/** One of them, and to which of the records that it may be done to, counted round. */
export interface Deed {
  kind: (typeof deedKinds)[number]
  pick: number
}

/** Ids of new records, in a fixed order. */
export const nextId = createIdSequence()

/** Does it to the copy; does nothing where there is nothing to do it to. */
export function doDeed(
  deed: Deed,
  document: Y.Doc,
  actor: Extract<Actor, { kind: 'person' }>,
  time: number,
): void {
  const edit = editOf(deed, document, actor, time)
  if (edit === undefined) return
  const map = rootMap(document, edit.root)
  if (edit.value === undefined) map.delete(edit.key)
  else map.set(edit.key, edit.value)
}

function editOf(
  { kind, pick }: Deed,
  document: Y.Doc,
  actor: Extract<Actor, { kind: 'person' }>,
  time: number,
): RecordEdit | undefined {
  const { userId } = actor
  const pickFrom = <Item>(items: readonly Item[]): Item | undefined => items[pick % items.length]
  const keys = (root: RootName): string[] => [...rootMap(document, root).keys()]
  const pickMessage = (
    isFit: (record: MessageRecord) => boolean = () => true,
  ): { id: MessageId; record: MessageRecord } | undefined =>
    pickFrom(
      [...rootMap(document, 'messages')]
        .map(([id, value]) => ({ id: id as MessageId, record: messageRecordSchema.parse(value) })) // the guard lets no other key in
        .filter(({ record }) => isFit(record)),
    )
  const named = ['', ` <@${ada}>`, ` <@${ben}> <@${cleo}>`, ' <@here>', ` \`<@${ada}>\``]
  const content = `${kind} ${pick} at ${time}${named[(pick + time / 1000) % named.length] ?? ''}`

  switch (kind) {
    case 'send': {
      const files = pick === 0 ? { fileIds: [fileIdSchema.parse(nextId())] } : {}
      const value = message(userId, { createdAt: time, content, ...files })
      return { root: 'messages', key: nextId<MessageId>(), value }
    }
    case 'reply': {
      const to = pickMessage()
      if (to === undefined) return undefined
      const place = pick % 2 === 0 ? { parentId: to.id } : { replyToId: to.id }
      const value = message(userId, { createdAt: time, content, ...place })
      return { root: 'messages', key: nextId<MessageId>(), value }
    }
    case 'edit': {
      const own = pickMessage((record) => mayEditMessage(record, actor))
      if (own === undefined) return undefined
      const version = own.record.version + 1
      const value = { ...own.record, content, version, editedAt: time }
      return { root: 'messages', key: own.id, value }
    }
    case 'delete': {
      const doomed = pickMessage((record) => mayDeleteMessage(record, actor))
      if (doomed === undefined) return undefined
      const value: Record<string, unknown> = {
        ...doomed.record,
        content: '',
        version: doomed.record.version + 1,
        deletedAt: time,
        deletedBy: userId,
      }
      delete value.fileIds
      return { root: 'messages', key: doomed.id, value }
    }
    case 'react': {
      const messageId = pickMessage()?.id
      if (messageId === undefined) return undefined
      const emoji = pick % 2 === 0 ? '👍' : '🎉'
      const key = formatReactionKey({ messageId, userId, emoji })
      return { root: 'reactions', key, value: time }
    }
    case 'unreact': {
      const own = keys('reactions').filter((key) => parseReactionKey(key)?.userId === userId)
      const key = pickFrom(own)
      return key === undefined ? undefined : { root: 'reactions', key, value: undefined }
    }
    case 'pin': {
      const key = pickMessage()?.id
      return key && { root: 'pins', key, value: { userId, pinnedAt: time } }
    }
    case 'unpin': {
      const key = pickFrom(keys('pins'))
      return key === undefined ? undefined : { root: 'pins', key, value: undefined }
    }
  }
}
