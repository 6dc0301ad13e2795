/**
 * Imports a history in JSON lines: reads and checks all of it first, then people and channels, then
 * the messages as they come. Holds people, channels and threads in memory, never the messages.
 */
import type { Fault } from './fault.ts'
import type { ImportReport } from './import-report.ts'
import type { ImportDeps, ImportInput } from './import-slack.ts'
import type { ImportTarget } from './import-target.ts'
import { createChannelBatches } from './jsonl/channel-batches.ts'
import { createMessageMapper, type MappedChannel, type ThreadNames } from './jsonl/map-messages.ts'
import { openJsonl, type JsonlFile } from './jsonl/open-jsonl.ts'
import { noteImport } from './note-import.ts'
import { loadSlackEmoji } from './slack/slack-emoji.ts'

/** More faults than anybody reads are counted alone. */
const MAX_FAULTS = 1_000
const DIRECTORY_PART = 200
const KILOBYTE = 1_024

interface Checked {
  report: ImportReport
  threads: ThreadNames
  directory: { people: Person[]; channels: Channel[] }
}
type Person = Parameters<ImportTarget['findPeopleHere']>[0][number]
type Channel = MappedChannel['channel']

/** Throws ImportRefusal for a file that must not be imported, the signal's reason if aborted. */
export async function importJsonl(
  deps: ImportDeps,
  { path, onFault }: ImportInput,
): Promise<ImportReport> {
  const file = await openJsonl(path)
  const mapping = { latestMs: deps.now(), emoji: loadSlackEmoji() }
  try {
    const checked = await checkAll(deps, file, mapping)
    const { report } = checked
    if (report.faults.length > 0 && onFault === 'abort') return report
    await noteImport(deps.target, { source: 'jsonl', report }, async () => {
      await writeDirectory(deps, checked)
      await writeMessages(deps, file, { ...checked, mapping })
    })
    return { ...report, isWritten: true }
  } finally {
    deps.progress.stop()
    await file.close()
  }
}

type Mapping = Pick<Parameters<typeof createMessageMapper>[0], 'latestMs' | 'emoji'>

async function checkAll(
  { progress, signal }: ImportDeps,
  file: JsonlFile,
  mapping: Mapping,
): Promise<Checked> {
  const threads: ThreadNames = new Set()
  const mapper = createMessageMapper({ ...mapping, threads: { found: threads } })
  const faults: Fault[] = []
  const found = { people: 0, channels: 0, dms: 0, messages: 0, reactions: 0 }
  let faultCount = 0
  let shown = 0
  progress.start('Checking', Math.ceil(file.sizeBytes / KILOBYTE))
  for await (const part of file.read(mapper)) {
    signal.throwIfAborted()
    faultCount += part.faults.length
    faults.push(...part.faults.slice(0, MAX_FAULTS - faults.length))
    for (const { parts } of part.messages) {
      found.messages += parts.length
      for (const { reactions } of parts) found.reactions += reactions.size
    }
    const done = Math.ceil(part.readBytes / KILOBYTE)
    progress.advance(done - shown)
    shown = done
  }
  const people = [...mapper.people.values()]
  const channels = [...mapper.channels.values()].map(({ channel }) => channel)
  found.people = people.length
  found.channels = channels.length
  const notes = Object.fromEntries(mapper.notes)
  if (faultCount > faults.length) {
    notes[`faulty lines besides the first ${MAX_FAULTS}`] = faultCount - faults.length
  }
  const added = { people: 0, channels: 0, dms: 0, messages: 0, reactions: 0 }
  const workspaces = [...mapper.channels.values()].map(({ workspace }) => workspace)
  const workspace = [...new Set(workspaces)].join(', ')
  const report = { workspace, isWritten: false, found, added, faults, notes }
  return { report, threads, directory: { people, channels } }
}

async function writeDirectory(
  { target, signal }: ImportDeps,
  { report: { added }, directory: { people, channels } }: Checked,
): Promise<void> {
  for (const part of partsOf(people)) {
    signal.throwIfAborted()
    const written = await target.writeDirectory({ people: part, channels: [], threads: [] })
    added.people += written.newPeople
  }
  for (const part of partsOf(channels)) {
    signal.throwIfAborted()
    const written = await target.writeDirectory({ people: [], channels: part, threads: [] })
    added.channels += written.newChannels
  }
}

async function writeMessages(
  { target, progress, signal }: ImportDeps,
  file: JsonlFile,
  { report, threads, mapping }: Checked & { mapping: Mapping },
): Promise<void> {
  const { found, added, notes } = report
  const mapper = createMessageMapper({ ...mapping, threads: { all: threads } })
  const batches = createChannelBatches<MappedChannel>({
    async write({ channel }, messages) {
      signal.throwIfAborted()
      const conversation = { kind: 'channel', id: channel.id } as const
      const written = await target.writeHistory(conversation, messages, { signal })
      added.messages += written.newMessages
      added.reactions += written.newReactions
      progress.advance(messages.length)
    },
  })
  progress.start('Writing', found.messages)
  for await (const part of file.read(mapper)) {
    for (const { channel, parts } of part.messages) await batches.add(channel, parts)
  }
  await batches.end()
  Object.assign(notes, Object.fromEntries(mapper.notes))
}

function partsOf<Value>(values: readonly Value[]): Value[][] {
  return Array.from({ length: Math.ceil(values.length / DIRECTORY_PART) }, (_, index) =>
    values.slice(index * DIRECTORY_PART, (index + 1) * DIRECTORY_PART),
  )
}
