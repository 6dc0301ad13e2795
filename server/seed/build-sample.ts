/**
 * The invented workspace as records to write: people, channels, a DM and what was said, with times
 * that end shortly before now. Pure but for the ids and times that it is given.
 */
import {
  createId,
  threadIdOf,
  type ChannelId,
  type IdSource,
  type MessageId,
  type UserId,
} from '../../shared/ids.ts'
import type { Conversation } from '../../shared/document/names.ts'
import type { MessageRecord } from '../../shared/records/message.ts'
import { formatReactionKey } from '../../shared/records/reaction.ts'
import type {
  ImportedChannel,
  ImportedMessage,
  ImportedPerson,
  ImportedThread,
} from '../import/imported-records.ts'
import { sampleChannels, type SampleMessage } from './sample-conversations.ts'
import { samplePeople } from './sample-people.ts'

export interface Sample {
  people: ImportedPerson[]
  channels: ImportedChannel[]
  threads: ImportedThread[]
  histories: { conversation: Conversation; messages: ImportedMessage[] }[]
}

const MINUTE_MS = 60_000
const EDIT_DELAY_MS = 30_000

const greeting: readonly SampleMessage[] = [
  {
    by: 'ines',
    after: 0,
    text: 'Good to have you here! This is a direct message: only the two of us can read it.',
  },
  {
    by: 'ines',
    after: 1,
    text: 'Try to switch the network off and answer me. It will arrive once you are back. 🚤',
  },
]

/** `readers` are the people who are here already and shall be in all of it. */
export function buildSample(ids: IdSource, readers: readonly UserId[]): Sample {
  const people = samplePeople.map(({ name, displayName, bio }) => ({
    ...{ id: createId<UserId>(ids), name, displayName, bio },
    ...{ email: null, isDeactivated: false, isGuest: false },
  }))
  const idByKey = new Map(people.map(({ displayName, id }) => [displayName, id]))
  const idOf = (key: string): UserId => {
    const id = idByKey.get(key)
    if (id === undefined) throw new Error(`the sample names ${key}, who is nobody`)
    return id
  }
  const now = ids.now()
  const memberIds = [...readers, ...people.map(({ id }) => id)]
  const [owner] = readers
  const channels: ImportedChannel[] = []
  const histories: Sample['histories'] = []
  for (const { slug, name, description, isPrivate, messages } of sampleChannels) {
    const id = createId<ChannelId>(ids)
    const history = buildHistory(messages, { ids, idOf })
    channels.push({
      ...{ id, name, slug, description, memberIds, isArchived: false },
      type: isPrivate === true ? 'PRIVATE' : 'PUBLIC',
      createdBy: owner ?? idOf('ines'),
      createdAt: (history[0]?.versions[0].createdAt ?? now) - MINUTE_MS,
    })
    histories.push({ conversation: { kind: 'channel', id }, messages: history })
  }
  const threads = readers.map((reader): ImportedThread => {
    const participantIds = [reader, idOf('ines')]
    const id = threadIdOf(participantIds)
    histories.push({
      conversation: { kind: 'dm', id },
      messages: buildHistory(greeting, { ids, idOf }),
    })
    return { id, createdAt: now, participantIds }
  })
  return { people, channels, threads, histories }
}

interface HistoryTools {
  ids: IdSource
  idOf: (key: string) => UserId
}

function buildHistory(
  messages: readonly SampleMessage[],
  { ids, idOf }: HistoryTools,
): ImportedMessage[] {
  const minutes = messages.reduce((sum, { after }) => sum + after, 0)
  let time = ids.now() - (minutes + 2) * MINUTE_MS
  const built: { id: MessageId; createdAt: number }[] = []
  return messages.map(({ by, text, after, inThreadOf, before, reactions }) => {
    time += after * MINUTE_MS
    const createdAt = time
    const id = createId<MessageId>({ ...ids, now: () => createdAt })
    built.push({ id, createdAt })
    const parentId = inThreadOf === undefined ? undefined : built[inThreadOf]?.id
    const record: MessageRecord = {
      ...{ authorId: idOf(by), type: 'TEXT', createdAt, version: 1, content: before ?? text },
      ...(parentId !== undefined && { parentId }),
    }
    const edited = { ...record, content: text, version: 2, editedAt: createdAt + EDIT_DELAY_MS }
    const given = Object.entries(reactions ?? {}).flatMap(([emoji, keys]) =>
      keys.map((key, index): [string, number] => [
        formatReactionKey({ messageId: id, userId: idOf(key), emoji }),
        createdAt + (index + 1) * 1000,
      ]),
    )
    return {
      id,
      versions: before === undefined ? [record] : [record, edited],
      reactions: new Map(given),
    }
  })
}
