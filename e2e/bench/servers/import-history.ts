/** A long history for a benchmark, imported as a team would bring one over. */
import { createWriteStream, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { runServerCommand } from '../../testing/server-process.ts'

const FIRST_S = Date.UTC(2020, 0, 1) / 1_000
const PEOPLE = 50
const MESSAGES_A_FILE = 5_000

/** Fills the public channel `bench` of an empty data directory. */
export async function importHistory(
  dataDir: string,
  messages: number,
  { texts, settings }: { texts: readonly string[]; settings: Readonly<Record<string, string>> },
): Promise<void> {
  const archive = new ZipFile()
  const add = (name: string, content: unknown): void =>
    archive.addBuffer(Buffer.from(JSON.stringify(content)), name)
  const users = Array.from({ length: PEOPLE }, (_, index) => `U${index}`)
  add(
    'users.json',
    users.map((id) => ({ id, name: id.toLowerCase() })),
  )
  add('channels.json', [
    { id: 'C0', name: 'bench', created: FIRST_S, creator: 'U0', members: users },
  ])
  for (let start = 0; start < messages; start += MESSAGES_A_FILE) {
    const count = Math.min(MESSAGES_A_FILE, messages - start)
    const day = new Date((FIRST_S + start) * 1_000).toISOString().slice(0, 19)
    add(
      `bench/${day.replaceAll(':', '-')}.json`,
      Array.from({ length: count }, (_, index) => ({
        type: 'message',
        user: users[(start + index) % PEOPLE],
        text: texts[(start + index) % texts.length],
        ts: `${FIRST_S + start + index}.000000`,
      })),
    )
  }
  archive.end()
  const path = join(dataDir, 'history.zip')
  await pipeline(archive.outputStream, createWriteStream(path))
  const { code, output } = await runServerCommand(dataDir, ['import', 'slack', path], settings)
  if (code !== 0) throw new Error(`The import failed:\n${output}`)
  rmSync(path)
}
