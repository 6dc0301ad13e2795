/** An invented history in JSON lines with one of everything, and files of such lines; for tests. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** One line: an object of its fields, or text as it stands. */
export type HistoryLine = object | string

const start = Date.UTC(2020, 8, 13, 12)

/** The time so many seconds after the history's beginning. */
export function timeAt(seconds: number): string {
  return new Date(start + seconds * 1_000).toISOString().replace('Z', '000Z')
}

/** A line of the channel `general`. */
export function line(seconds: number, fields: object = {}): object {
  const standard = { workspace: 'W', channel: 'general', user: 'ada', text: `at ${seconds}` }
  return { ...standard, ts: timeAt(seconds), ...fields }
}

export const inventedHistory: HistoryLine[] = [
  line(1, { text: 'Who has the key?' }),
  line(2, { channel: 'Odd / Ends', user: 'ben', text: 'elsewhere', topic: 'ignored' }),
  line(3, { user: 'ben', text: 'I have', thread_ts: timeAt(1) }),
  line(4, { user: 'cid', text: 'no, I', thread_ts: '2020-09-13T12:00:01Z' }),
  line(4, { user: 'ada', text: 'at the very same time' }),
  line(5, { text: 'begins a thread of its own', thread_ts: timeAt(5) }),
  line(6, { text: 'answers what is missing', thread_ts: timeAt(-500) }),
  line(7, { text: 'an answer to an answer', thread_ts: timeAt(3) }),
  line(8, { text: ' \n ' }),
  line(9, { text: 'liked', reactions: [{ name: '+1', users: ['ben', 'dee'] }] }),
  line(10, { text: 'שלום 你好 สวัสดี 🎉', lang: 'he', synthetic: ['ts'] }),
  line(11, { text: `${'long line of words\n'.repeat(2_000)}end` }),
  line(12, { workspace: 'V', text: 'another workspace' }),
]

export interface HistoryFolder {
  /** Writes lines, packed or not, and answers the file's path. */
  write: (lines: readonly HistoryLine[], options?: { isPacked?: boolean }) => string
  writeBytes: (bytes: Uint8Array) => string
  remove: () => void
}

export function createHistoryFolder(): HistoryFolder {
  const folder = mkdtempSync(join(tmpdir(), 'connectnow-history-'))
  let count = 0
  function writeBytes(bytes: Uint8Array): string {
    count += 1
    const path = join(folder, `history-${count}.jsonl.gz`)
    writeFileSync(path, bytes)
    return path
  }
  return {
    writeBytes,
    write(lines, { isPacked = true } = {}) {
      const texts = lines.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)))
      const bytes = Buffer.from(`${texts.join('\n')}\n`)
      return writeBytes(isPacked ? gzipSync(bytes) : bytes)
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
