/** What the devices of several people send of a history: one update for each message. */
import * as Y from 'yjs'
import { rootMap } from '../../../shared/document/layout.ts'
import type { UserId } from '../../../shared/ids.ts'
import type { History, KeptMessage } from '../history/bench-history.ts'

export interface WrittenMessage extends KeptMessage {
  /** Each segment is a document of its own. */
  segment: number
  update: Uint8Array
}

const MESSAGES_A_SEGMENT = 1_000

/** In the order in which they are sent; each person has one device. */
export function writeAsPeople({ channels, people }: History): WrittenMessage[] {
  const written: WrittenMessage[] = []
  let documents = new Map<UserId, Y.Doc>()
  for (const [index, message] of [...(channels[0]?.messages() ?? [])].entries()) {
    if (index % MESSAGES_A_SEGMENT === 0) documents = openDevices(people)
    const document = documents.get(message.record.authorId)
    if (document === undefined) throw new Error('Nobody wrote a message')
    let update: Uint8Array | undefined
    document.once('update', (bytes: Uint8Array) => (update = bytes))
    rootMap(document, 'messages').set(message.id, message.record)
    if (update === undefined) throw new Error('A message made no update')
    const segment = Math.floor(index / MESSAGES_A_SEGMENT) + 1
    written.push({ ...message, segment, update })
  }
  return written
}

function openDevices(people: readonly UserId[]): Map<UserId, Y.Doc> {
  return new Map(people.map((id) => [id, new Y.Doc()]))
}
