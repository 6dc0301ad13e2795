/** The list of messages that a plain client keeps, and the records in it. */
import { randomUUID } from 'node:crypto'

export interface PlainRecord {
  content: string
}

const KEPT = 1_000

/** Of the same fields as a record of ConnectNow's. */
export function makeRecord(content: string): PlainRecord & { id: string } {
  const fields = { authorId: randomUUID(), type: 'TEXT', createdAt: Date.now(), version: 1 }
  return { id: randomUUID(), content, ...fields }
}

export function createScreen(): { add: (record: PlainRecord) => void } {
  const records: PlainRecord[] = []
  return {
    add(record) {
      records.push(record)
      if (records.length > 2 * KEPT) records.splice(0, KEPT)
    },
  }
}
