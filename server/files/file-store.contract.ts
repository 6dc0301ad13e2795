/** What every store of files does, whatever keeps the bytes; run once for each kind. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FileStore, StoredObject } from './file-store.ts'

export interface OpenedStore {
  store: FileStore
  close: () => Promise<void>
}

/** `folder` lies on the disk that a store of files on disk would use. */
export function describeFileStore(
  kind: string,
  openStore: (folder: string) => Promise<OpenedStore>,
): void {
  describe(`a store of files ${kind}`, () => {
    let folder: string
    let opened: OpenedStore
    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'connectnow-'))
      opened = await openStore(folder)
    })
    afterEach(async () => {
      await opened.close()
      rmSync(folder, { recursive: true, force: true })
    })

    async function put(key: string, bytes: Buffer): Promise<void> {
      const path = join(folder, 'incoming')
      writeFileSync(path, bytes)
      await opened.store.put(key, path, bytes.length)
      rmSync(path, { force: true })
    }

    async function list(shard: string): Promise<StoredObject[]> {
      const found: StoredObject[] = []
      for await (const each of opened.store.list(shard)) found.push(each)
      return found.toSorted((one, other) => (one.key < other.key ? -1 : 1))
    }

    test('gives back what was put, whole or in part', async () => {
      const bytes = randomBytes(300_000)
      await put('ab/whole', bytes)
      expect((await buffer(await opened.store.read('ab/whole'))).equals(bytes)).toBe(true)
      const ranges = [
        // Not `end: 0`, which s3rver takes for no end at all.
        { start: 0, end: 1 },
        { start: 100_000, end: 250_000 },
        { start: 299_999, end: 299_999 },
      ]
      for (const { start, end } of ranges) {
        const part = await buffer(await opened.store.read('ab/whole', { start, end }))
        expect(part.equals(bytes.subarray(start, end + 1))).toBe(true)
      }
    })

    test('keeps files without a byte', async () => {
      await put('ab/empty', Buffer.alloc(0))
      expect(await buffer(await opened.store.read('ab/empty'))).toHaveLength(0)
    })

    test('puts a second time over the first', async () => {
      await put('ab/twice', Buffer.from('first'))
      await put('ab/twice', Buffer.from('second'))
      expect((await buffer(await opened.store.read('ab/twice'))).toString()).toBe('second')
    })

    test('fails before the first byte where there is nothing', async () => {
      await expect(opened.store.read('ab/nothing')).rejects.toThrow(
        /no such file|key does not exist/,
      )
      await put('ab/gone', Buffer.from('x'))
      await opened.store.remove('ab/gone')
      await opened.store.remove('ab/gone')
      await expect(opened.store.read('ab/gone')).rejects.toThrow(/no such file|key does not exist/)
    })

    test('lists one shard, with the time of each, however many there are', async () => {
      expect(await list('cd')).toEqual([])
      await put('ab/other', Buffer.from('x'))
      await put('cd/one', Buffer.from('x'))
      await put('cd/one.thumbnail', Buffer.from('x'))
      const found = await list('cd')
      expect(found.map(({ key }) => key)).toEqual(['cd/one', 'cd/one.thumbnail'])
      for (const { modifiedAt } of found) {
        expect(Math.abs(modifiedAt - Date.now())).toBeLessThan(60_000)
      }
    })
  })
}
