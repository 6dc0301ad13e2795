import { afterAll, describe, expect, test } from 'vitest'
import type { RefusalReason } from '../import-refusal.ts'
import { ImportRefusal } from '../import-refusal.ts'
import { changeEntry, createZipFolder, renameEntry, zipBytes } from '../testing/zip-files.ts'
import { defaultArchiveLimits, type ArchiveLimits } from './archive-limits.ts'
import { openArchive } from './open-archive.ts'

const folder = createZipFolder()
afterAll(() => folder.remove())

/** Opens an archive and reads all of it; answers the reason when it is refused. */
async function refusalOf(
  bytes: Uint8Array,
  limits: ArchiveLimits = defaultArchiveLimits,
): Promise<RefusalReason | undefined> {
  try {
    const archive = await openArchive(folder.write(bytes), limits)
    try {
      for (const name of archive.fileNames) await archive.readFile(name)
    } finally {
      archive.close()
    }
    return undefined
  } catch (error) {
    if (error instanceof ImportRefusal) return error.reason
    throw error
  }
}

const limits: ArchiveLimits = {
  maxEntries: 10,
  maxEntryBytes: 500_000,
  maxTotalBytes: 700_000,
  maxRatio: 100,
  ratioFreeBytes: 10_000,
  maxNameLength: 50,
}

function noise(length: number): Buffer {
  let state = 1
  return Buffer.from(Array.from({ length }, () => (state = (state * 48_271) % 2_147_483_647) & 255))
}

test('an honest archive is read file by file, more than once', async () => {
  const archive = await openArchive(
    folder.write(await zipBytes({ 'a.json': '[1]', 'folder/b.json': '', 'ü.json': '"ü"' })),
  )
  expect(archive.fileNames).toEqual(['a.json', 'folder/b.json', 'ü.json'])
  for (const name of ['a.json', 'a.json']) {
    expect(await archive.readFile(name)).toEqual({ isRead: true, bytes: Buffer.from('[1]') })
  }
  expect(await archive.readFile('folder/b.json')).toEqual({ isRead: true, bytes: Buffer.from('') })
  expect((await archive.readFile('none.json')).isRead).toBe(false)
  archive.close()
})

describe('hostile names are refused', () => {
  test.each([
    ['../../b.json', '......b.json'],
    ['a/../../b.js', 'a......b.json'.slice(0, 12)],
    ['/etc/passwd1', 'xetcxpasswd1'],
    ['C:/windows/x', 'Cxxwindowsxx'],
    ['a\\..\\b.json', 'axxxxb.json'],
    ['a//b.json', 'axxb.json'],
    ['./b.json', 'xxb.json'],
    ['a/./b.json', 'axxxb.json'],
    ['a\u0000b.json', 'axb.json'],
    ['a\nb.json', 'axb.json'],
    ['a\u202ebnosj', 'axxxbnosj'],
  ])('%j', async (hostile, harmless) => {
    const zip = await zipBytes({ [harmless]: '[]' })
    expect(await refusalOf(renameEntry(zip, harmless, hostile))).toBe('unsafe_path')
  })

  test('one that is too long', async () => {
    expect(await refusalOf(await zipBytes({ [`${'a'.repeat(60)}.json`]: '' }), limits)).toBe(
      'unsafe_path',
    )
  })

  test.each([
    ['a.json', 'b.json', 'a.json'],
    ['a.json', 'b.json', 'A.json'],
  ])('%s and %s made %s: twice the same', async (one, other, newName) => {
    const zip = renameEntry(await zipBytes({ [one]: '[1]', [other]: '[2]' }), other, newName)
    expect(await refusalOf(zip)).toBe('duplicate_name')
  })
})

describe('entries that are no plain files are refused', () => {
  const unix = 3 << 8
  test.each([
    ['a symlink', 0o120777],
    ['a device', 0o060666],
    ['a pipe', 0o010666],
    ['a folder with a file’s name', 0o040755],
  ])('%s', async (_kind, mode) => {
    const zip = changeEntry(await zipBytes({ 'a.json': '/etc/passwd' }), 'a.json', (record) => {
      record.writeUInt16LE(unix, 4)
      record.writeUInt32LE((mode << 16) >>> 0, 38)
    })
    expect(await refusalOf(zip)).toBe('not_a_plain_file')
  })

  test('a symlink that claims to come from another system', async () => {
    const zip = changeEntry(await zipBytes({ 'a.json': 'x' }), 'a.json', (record) => {
      record.writeUInt16LE(0, 4)
      record.writeUInt32LE((0o120777 << 16) >>> 0, 38)
    })
    expect(await refusalOf(zip)).toBe('not_a_plain_file')
  })

  test('an encrypted one', async () => {
    const zip = changeEntry(await zipBytes({ 'a.json': 'x' }), 'a.json', (record) => {
      record.writeUInt16LE(record.readUInt16LE(8) | 1, 8)
    })
    expect(await refusalOf(zip)).toBe('encrypted_entry')
  })

  test('one packed in a way that is not known', async () => {
    const zip = changeEntry(await zipBytes({ 'a.json': 'x' }), 'a.json', (record) => {
      record.writeUInt16LE(14, 10)
    })
    expect(await refusalOf(zip)).toBe('unknown_compression')
  })
})

describe('bombs are refused by what they really unpack to', () => {
  test('too many entries', async () => {
    const files = Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`${n}.json`, '[]']))
    expect(await refusalOf(await zipBytes(files), limits)).toBe('too_many_entries')
  })

  test('one large entry', async () => {
    expect(await refusalOf(await zipBytes({ 'a.json': noise(500_001) }), limits)).toBe(
      'entry_too_large',
    )
  })

  test('a large total, declared', async () => {
    const zip = await zipBytes({ 'a.json': noise(400_000), 'b.json': noise(400_000) })
    expect(await refusalOf(zip, limits)).toBe('archive_too_large')
  })

  test('content that packs too well', async () => {
    const zip = await zipBytes({ 'a.json': Buffer.alloc(400_000) })
    expect(await refusalOf(zip, limits)).toBe('compression_bomb')
  })

  test.each([
    ['declares too little', 10],
    ['declares nothing', 0],
    ['declares too much', 200_000],
  ])('an entry that %s', async (_name, declared) => {
    const honest = await zipBytes({ 'a.json': noise(100_000) })
    const zip = changeEntry(honest, 'a.json', (record) => record.writeUInt32LE(declared, 24))
    expect(await refusalOf(zip, limits)).toBe('false_size')
  })

  test('a small one that packs well is none', async () => {
    expect(await refusalOf(await zipBytes({ 'a.json': ' '.repeat(9_000) }), limits)).toBe(undefined)
  })
})

describe('what is no archive is refused', () => {
  test.each([
    ['text', Buffer.from('[]')],
    ['nothing', Buffer.alloc(0)],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
  ])('%s', async (_name, bytes) => {
    expect(await refusalOf(bytes)).toBe('not_a_zip_archive')
  })

  test('a file that does not exist', async () => {
    await expect(openArchive('/nowhere/at/all.zip')).rejects.toMatchObject({ reason: 'not_found' })
  })

  test('an archive cut short at any length', async () => {
    const zip = await zipBytes({ 'a.json': noise(300), 'b.json': '[]' })
    for (let length = 0; length < zip.length; length += 7) {
      expect(await refusalOf(zip.subarray(0, length))).toBe('not_a_zip_archive')
    }
  })
})

test('a damaged file is a fault of its own, and the others can still be read', async () => {
  const zip = await zipBytes({ 'a.json': noise(300), 'b.json': '[]' })
  const content = zip.indexOf('a.json') + 'a.json'.length
  zip.fill(0, content + 100, content + 110)
  const archive = await openArchive(folder.write(zip))
  expect((await archive.readFile('a.json')).isRead).toBe(false)
  expect((await archive.readFile('b.json')).isRead).toBe(true)
  archive.close()
})
