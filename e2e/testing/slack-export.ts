/** A Slack export to import: the genuine one where it is at hand, else an invented one. */
import { createWriteStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'

const genuine = join(
  import.meta.dirname,
  '../../../shared/data/slack-exports/slack-export-viewer-testarchive.zip',
)
const DAYS = 4
const MESSAGES_A_DAY = 30
const FIRST_DAY_S = Date.UTC(2024, 2, 4, 9) / 1_000

export interface SlackExport {
  path: string
  /** A public channel with more messages than a screen shows. */
  channel: string
}

export async function slackExport(folder: string): Promise<SlackExport> {
  if (existsSync(genuine)) return { path: genuine, channel: 'traveling-sailor' }
  const path = join(folder, 'export.zip')
  const archive = new ZipFile()
  for (const [name, content] of Object.entries(inventedFiles())) {
    archive.addBuffer(Buffer.from(JSON.stringify(content)), name)
  }
  archive.end()
  await pipeline(archive.outputStream, createWriteStream(path))
  return { path, channel: 'general' }
}

function inventedFiles(): Record<string, unknown> {
  const users = ['U01', 'U02', 'U03']
  const days = Array.from({ length: DAYS }, (_, day) => {
    const start = FIRST_DAY_S + day * 86_400
    const messages = Array.from({ length: MESSAGES_A_DAY }, (_each, index) => ({
      type: 'message',
      user: users[index % users.length],
      text: `Line ${index} of day ${day}: the *boat* leaves at ${8 + (index % 10)} :wave:`,
      ts: `${start + index * 60}.000100`,
    }))
    return [`general/${new Date(start * 1_000).toISOString().slice(0, 10)}.json`, messages] as const // a pair, not a list
  })
  return {
    'users.json': users.map((id, index) => ({
      id,
      name: `sailor${index}`,
      profile: { real_name: `Sailor ${index}` },
    })),
    'channels.json': [
      { id: 'C01', name: 'general', created: FIRST_DAY_S, creator: 'U01', members: users },
    ],
    ...Object.fromEntries(days),
  }
}
