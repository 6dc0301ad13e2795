/**
 * Imports a Slack export: reads and checks all of it first, then writes people, channels and DMs
 * in one transaction, then history conversation by conversation. Every step finds what an earlier,
 * perhaps interrupted, run has done already.
 */
import type { Conversation } from '../../shared/document/names.ts'
import { openArchive } from './archive/open-archive.ts'
import type { ImportProgress } from './import-progress.ts'
import type { ImportReport } from './import-report.ts'
import type { ImportTarget } from './import-target.ts'
import { noteImport } from './note-import.ts'
import { mapConversation, type MappedConversation } from './slack/map-conversation.ts'
import {
  openSlackExport,
  type SlackConversationFiles,
  type SlackExport,
} from './slack/open-slack-export.ts'
import type { DirectoryResult } from './write-directory.ts'

export interface ImportDeps {
  target: ImportTarget
  now: () => number
  progress: ImportProgress
  /** Stops the import at the next place where nothing is half done. */
  signal: AbortSignal
}

export interface ImportInput {
  path: string
  /** What faults mean: leave out what is faulty, or import nothing at all. */
  onFault: 'skip' | 'abort'
}

/** Throws ImportRefusal for an archive that must not be imported, the signal's reason if aborted. */
export async function importSlack(
  deps: ImportDeps,
  { path, onFault }: ImportInput,
): Promise<ImportReport> {
  const archive = await openArchive(path)
  try {
    const slack = await openSlackExport({ archive, latestMs: deps.now() })
    const report = await checkAll(deps, slack)
    if (report.faults.length > 0 && onFault === 'abort') return report
    await noteImport(deps.target, { source: 'slack', report }, () => writeAll(deps, slack, report))
    return { ...report, isWritten: true }
  } finally {
    deps.progress.stop()
    archive.close()
  }
}

async function checkAll(
  { progress, signal }: ImportDeps,
  slack: SlackExport,
): Promise<ImportReport> {
  const found = { people: 0, channels: 0, dms: 0, messages: 0, reactions: 0 }
  const faults = [...slack.faults]
  const notes: Record<string, number> = {}
  progress.start('Checking', slack.conversations.length)
  for (const conversation of slack.conversations) {
    signal.throwIfAborted()
    const history = await slack.readHistory(conversation)
    faults.push(...history.faults)
    for (const [reason, count] of history.notes) notes[reason] = (notes[reason] ?? 0) + count
    found.messages += history.messages.length
    for (const { reactions } of history.messages) found.reactions += reactions.size
    const mapped = mapConversation(conversation, slack)
    if (mapped === undefined) {
      const problem = `${conversation.record.id} does not say who is in it`
      faults.push({ file: conversation.fileNames[0] ?? 'dms.json', problem })
    } else if (mapped.kind === 'channel') {
      found.channels += 1
    } else {
      found.dms += 1
    }
    progress.advance(1)
  }
  found.people = slack.people.all().length
  const added = { people: 0, channels: 0, dms: 0, messages: 0, reactions: 0 }
  return { workspace: slack.workspace, isWritten: false, found, added, faults, notes }
}

async function writeAll(
  { target: writer, progress, signal }: ImportDeps,
  slack: SlackExport,
  { found, added, notes }: ImportReport,
): Promise<void> {
  const links = await writer.findPeopleHere(slack.people.all())
  for (const [importedId, id] of links) slack.people.link(importedId, id)
  const mapped = slack.conversations.flatMap((conversation) => {
    const target = mapConversation(conversation, slack)
    return target === undefined ? [] : [{ conversation, target }]
  })
  const written = await writer.writeDirectory(directoryOf(slack, mapped))
  Object.assign(added, {
    people: written.newPeople,
    channels: written.newChannels,
    dms: written.newThreads,
  })
  noteDirectory(notes, written, links.size)

  progress.start('Writing', found.messages)
  for (const { conversation, target } of mapped) {
    signal.throwIfAborted()
    const { messages } = await slack.readHistory(conversation)
    const result = await writer.writeHistory(conversationOf(target), messages, { signal })
    added.messages += result.newMessages
    added.reactions += result.newReactions
    progress.advance(messages.length)
  }
}

interface Mapped {
  conversation: SlackConversationFiles
  target: MappedConversation
}

function directoryOf(slack: SlackExport, mapped: readonly Mapped[]) {
  return {
    people: slack.people.all(),
    channels: mapped.flatMap(({ target }) => (target.kind === 'channel' ? [target.channel] : [])),
    threads: mapped.flatMap(({ target }) => (target.kind === 'dm' ? [target.thread] : [])),
  }
}

function conversationOf(target: MappedConversation): Conversation {
  return target.kind === 'channel'
    ? { kind: 'channel', id: target.channel.id }
    : { kind: 'dm', id: target.thread.id }
}

function noteDirectory(
  notes: Record<string, number>,
  { withoutEmail }: DirectoryResult,
  linked: number,
): void {
  if (linked > 0) notes['people who are here already, by their e-mail address'] = linked
  if (withoutEmail.length > 0) {
    const reason = 'people without their e-mail address, which somebody else here has'
    notes[`${reason} (${withoutEmail.slice(0, 20).join(', ')})`] = withoutEmail.length
  }
}
