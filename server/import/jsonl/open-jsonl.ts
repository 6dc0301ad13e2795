/** A file of JSON lines -> its messages, as often as it is asked for them, and its faulty lines. */
import { basename } from 'node:path'
import { parseJsonText } from '../archive/parse-json-text.ts'
import type { Fault } from '../fault.ts'
import { jsonlMessageSchema } from './jsonl-records.ts'
import type { MappedMessage, MessageMapper } from './map-messages.ts'
import { openLineFile, type Line } from './read-lines.ts'

export interface JsonlPart {
  messages: Extract<MappedMessage, { isMapped: true }>[]
  faults: Fault[]
  /** How many of the file's bytes were read for it. */
  readBytes: number
}

export interface JsonlFile {
  sizeBytes: number
  /** Reads the whole file through this mapper, part by part. */
  read: (mapper: MessageMapper) => AsyncGenerator<JsonlPart>
  close: () => Promise<void>
}

/** Throws ImportRefusal for a file that cannot be read. */
export async function openJsonl(path: string): Promise<JsonlFile> {
  const file = await openLineFile(path)
  const name = basename(path)

  function readLine({ number: line, bytes }: Line, mapper: MessageMapper): MappedMessage | Fault {
    if (bytes === undefined) return { file: name, line, problem: 'is longer than any line may be' }
    const json = parseJsonText(bytes)
    if (!json.isParsed) {
      const { problem, column } = json
      return { file: name, line, problem, ...(column !== undefined && { column }) }
    }
    const parsed = jsonlMessageSchema.safeParse(json.value)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      const place = issue?.path.join('.') ?? ''
      const problem = issue?.message ?? 'is not understood'
      return { file: name, line, problem: place === '' ? problem : `${place}: ${problem}` }
    }
    const mapped = mapper.map(parsed.data)
    return mapped.isMapped ? mapped : { file: name, line, problem: mapped.problem }
  }

  return {
    sizeBytes: file.sizeBytes,
    close: file.close,
    async *read(mapper) {
      for await (const { lines, readBytes } of file.read()) {
        const part: JsonlPart = { messages: [], faults: [], readBytes }
        for (const line of lines) {
          const read = readLine(line, mapper)
          if ('file' in read) part.faults.push(read)
          else if (read.isMapped) part.messages.push(read)
        }
        yield part
      }
    },
  }
}
