/** Makes archives for tests, honest ones with yazl and hostile ones by changing their bytes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'

/** A file's name and its content; anything but text and bytes is written as JSON. */
export type ZipContent = Readonly<Record<string, unknown>>

export async function zipBytes(files: ZipContent): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, content] of Object.entries(files)) {
    const isRaw = typeof content === 'string' || content instanceof Uint8Array
    zip.addBuffer(Buffer.from(isRaw ? content : JSON.stringify(content)), name)
  }
  zip.end()
  return buffer(zip.outputStream)
}

export interface ZipFolder {
  /** Writes an archive and answers its path. */
  write: (bytes: Uint8Array) => string
  remove: () => void
}

export function createZipFolder(): ZipFolder {
  const folder = mkdtempSync(join(tmpdir(), 'connectnow-zip-'))
  let count = 0
  return {
    write(bytes) {
      count += 1
      const path = join(folder, `${count}.zip`)
      writeFileSync(path, bytes)
      return path
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

const CENTRAL = Buffer.from([0x50, 0x4b, 0x01, 0x02])

/** Calls `change` with the directory record of the entry of this name; its fields start there. */
export function changeEntry(zip: Buffer, name: string, change: (record: Buffer) => void): Buffer {
  const changed = Buffer.from(zip)
  for (let at = changed.indexOf(CENTRAL); at >= 0; at = changed.indexOf(CENTRAL, at + 1)) {
    const nameLength = changed.readUInt16LE(at + 28)
    if (changed.toString('utf8', at + 46, at + 46 + nameLength) === name) {
      change(changed.subarray(at))
      return changed
    }
  }
  throw new Error(`no entry ${name}`)
}

/** Replaces a name, in the directory and before the content, by another one of the same length. */
export function renameEntry(zip: Buffer, name: string, newName: string): Buffer {
  const [from, to] = [Buffer.from(name), Buffer.from(newName)]
  if (from.length !== to.length) throw new Error('names differ in length')
  const changed = Buffer.from(zip)
  for (let at = changed.indexOf(from); at >= 0; at = changed.indexOf(from, at + 1))
    to.copy(changed, at)
  return changed
}
