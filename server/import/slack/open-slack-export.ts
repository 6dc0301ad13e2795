/**
 * An archive in Slack's layout -> its people, its conversations and, on demand, the history of
 * each. Holds one conversation's messages in memory at a time. Must not write anywhere.
 */
import type { z } from 'zod'
import type { Archive } from '../archive/open-archive.ts'
import { parseJsonText } from '../archive/parse-json-text.ts'
import type { Fault } from '../fault.ts'
import { ImportRefusal } from '../import-refusal.ts'
import { mapHistory, type FoundMessage, type History } from './map-history.ts'
import type { MrkdwnNames } from './mrkdwn-tokens.ts'
import { createPeople, workspaceOf, type People } from './people.ts'
import { loadSlackEmoji } from './slack-emoji.ts'
import {
  slackConversationSchema,
  slackMessageSchema,
  slackUserSchema,
  type SlackConversation,
} from './slack-records.ts'

export type SlackConversationKind = 'public' | 'private' | 'dm'

export interface SlackConversationFiles {
  kind: SlackConversationKind
  record: SlackConversation
  /** The days of its history, oldest first. */
  fileNames: string[]
}

export interface SlackExport {
  workspace: string
  people: People
  conversations: SlackConversationFiles[]
  /** What is wrong with the lists of people and conversations, and files that belong to none. */
  faults: Fault[]
  /** Reads a conversation's history; may be called again, with the same result. */
  readHistory: (conversation: SlackConversationFiles) => Promise<History>
}

export interface SlackExportDeps {
  archive: Archive
  /** Nothing may be written later than this, ms UTC. */
  latestMs: number
}

const LISTS: readonly [string, SlackConversationKind][] = [
  ['channels.json', 'public'],
  ['groups.json', 'private'],
  ['mpims.json', 'dm'],
  ['dms.json', 'dm'],
]
const DAY_FILE = /^(.+)\/[0-9]{4}-[0-9]{2}-[0-9]{2}\.json$/

export async function openSlackExport({
  archive,
  latestMs,
}: SlackExportDeps): Promise<SlackExport> {
  const root = findRoot(archive.fileNames)
  const faults: Fault[] = []

  async function readList<Value>(
    file: string,
    schema: z.ZodType<Value>,
    into: Fault[],
  ): Promise<Value[]> {
    const content = await archive.readFile(file)
    if (!content.isRead) {
      into.push({ file, problem: content.problem })
      return []
    }
    const json = parseJsonText(content.bytes)
    if (!json.isParsed) {
      const { isParsed: _isParsed, ...fault } = json
      into.push({ file, ...fault })
      return []
    }
    if (!Array.isArray(json.value)) {
      into.push({ file, problem: 'is not a list' })
      return []
    }
    return json.value.flatMap((entry: unknown, index) => {
      const parsed = schema.safeParse(entry)
      if (parsed.success) return [parsed.data]
      into.push({ file, problem: `entry ${index + 1}${nameOf(entry)}: ${explain(parsed.error)}` })
      return []
    })
  }

  const has = new Set(archive.fileNames)
  const users = has.has(`${root}users.json`)
    ? await readList(`${root}users.json`, slackUserSchema, faults)
    : []
  if (users.length === 0 && !has.has(`${root}users.json`)) {
    faults.push({ file: `${root}users.json`, problem: 'is missing' })
  }
  const daysByFolder = groupDays(archive.fileNames, root)
  const conversations: SlackConversationFiles[] = []
  const folders = new Set<string>()
  for (const [list, kind] of LISTS) {
    if (!has.has(root + list)) continue
    for (const record of await readList(root + list, slackConversationSchema, faults)) {
      const folder = [record.name, record.id].find(
        (name) => name !== undefined && daysByFolder.has(name),
      )
      if (folder !== undefined && folders.has(folder)) {
        faults.push({ file: root + list, problem: `lists ${record.id}, whose folder another has` })
        continue
      }
      if (folder !== undefined) folders.add(folder)
      const fileNames = (folder === undefined ? undefined : daysByFolder.get(folder)) ?? []
      conversations.push({ kind, record, fileNames: fileNames.toSorted() })
    }
  }
  for (const [folder, [file = folder]] of daysByFolder) {
    if (!folders.has(folder)) {
      faults.push({ file, problem: 'lies in a folder that no list of conversations names' })
    }
  }
  const workspace = workspaceOf(users)
  const people = createPeople(workspace, users)
  const emoji = loadSlackEmoji()
  const names = createNames(people, conversations, emoji.ofName)

  return {
    workspace,
    people,
    conversations,
    faults,
    async readHistory({ record, fileNames }) {
      const found: FoundMessage[] = []
      const readFaults: Fault[] = []
      for (const file of fileNames) {
        const messages = await readList(file, slackMessageSchema, readFaults)
        found.push(...messages.map((message) => ({ file, message })))
      }
      const slackId = record.id
      const history = mapHistory(found, { workspace, slackId, people, names, emoji, latestMs })
      return { ...history, faults: [...readFaults, ...history.faults] }
    },
  }
}

/** An export packed once more often lies in a folder of its own. */
function findRoot(fileNames: readonly string[]): string {
  const lists = fileNames.filter((name) =>
    /(?:^|\/)(?:channels|groups|dms|mpims)\.json$/.test(name),
  )
  const roots = lists.map((name) => name.slice(0, name.lastIndexOf('/') + 1))
  const [root] = roots.toSorted((a, b) => a.length - b.length)
  if (root === undefined) {
    throw new ImportRefusal(
      'not_an_export',
      'this is no Slack export: it holds no channels.json, groups.json, mpims.json or dms.json',
    )
  }
  return root
}

function groupDays(fileNames: readonly string[], root: string): Map<string, string[]> {
  const days = new Map<string, string[]>()
  for (const name of fileNames) {
    if (!name.startsWith(root)) continue
    const folder = DAY_FILE.exec(name.slice(root.length))?.[1]
    // Conversations about a canvas have folders of this form, and no place in a chat's history.
    if (folder === undefined || folder.startsWith('FC:') || folder.includes('/')) continue
    days.set(folder, [...(days.get(folder) ?? []), name])
  }
  return days
}

function createNames(
  people: People,
  conversations: readonly SlackConversationFiles[],
  emoji: MrkdwnNames['emoji'],
): MrkdwnNames {
  const channelNames = new Map(conversations.map(({ record }) => [record.id, record.name]))
  const isUserId = /^[UWB][A-Z0-9]{1,40}$/
  return {
    mention: (id, label) =>
      isUserId.test(id) ? `<@${people.ofUser(id, label?.replace(/^@/, '')).id}>` : undefined,
    personName: (id) => people.find(id)?.displayName ?? people.find(id)?.name,
    channelName: (id) => channelNames.get(id),
    emoji,
  }
}

function nameOf(entry: unknown): string {
  const isObject = typeof entry === 'object' && entry !== null
  const name =
    isObject && 'ts' in entry ? entry.ts : isObject && 'id' in entry ? entry.id : undefined
  return typeof name === 'string' ? ` (${name.slice(0, 40)})` : ''
}

function explain(error: z.ZodError): string {
  const [issue] = error.issues
  if (issue === undefined) return 'is not understood'
  const path = issue.path.join('.')
  return path === '' ? issue.message : `${path}: ${issue.message}`
}
