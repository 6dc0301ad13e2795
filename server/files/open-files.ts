/**
 * Uploaded files as the rest of the server knows them: take one in, find it, read it, delete it. The
 * row comes before the bytes and goes after them, so that no crash leaves bytes that nobody knows of.
 * Who may see a file is decided by whoever asks for it here.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { AppError } from '../../shared/errors.ts'
import { createId, fileIdSchema, type FileId, type UserId } from '../../shared/ids.ts'
import type { FilesConfig } from '../config/files-config.ts'
import type { SqliteConnection } from '../database/open-database.ts'
import type { MayWrite } from './attach-upload.ts'
import { createDiskFileStore } from './disk-file-store.ts'
import { sanitizeFileName } from './file-name.ts'
import { createFileRows, type StoredFile } from './file-rows.ts'
import { fileKey, type ByteRange, type FilePart, type FileStore } from './file-store.ts'
import { readPicture } from './read-picture.ts'
import { receiveUpload, type ReceivedUpload, type UploadRequest } from './receive-upload.ts'
import { createS3FileStore } from './s3-file-store.ts'
import { sniffType } from './sniff-type.ts'
import { createSweep } from './sweep-files.ts'

export interface Files {
  /**
   * Answers the file once it is in the store. Throws AppError `file_too_large`, `quota_exceeded`,
   * `already_exists`, `rate_limited`, `invalid_request`, `storage_full`, `try_again`.
   */
  upload: (ownerId: UserId, request: UploadRequest) => Promise<StoredFile>
  /** Undefined when there is none, or none any more. */
  find: (id: FileId) => StoredFile | undefined
  read: (id: FileId, part: FilePart, range?: ByteRange) => Promise<Readable>
  /** Throws `conflict` when it is attached: then it goes with its message. */
  remove: (id: FileId) => void
  /** Waits for the sweep that is under way. */
  close: () => Promise<void>
}

export interface FilesDeps {
  sqlite: SqliteConnection
  config: FilesConfig
  now: () => number
  mayWrite: MayWrite
  uploadsAtOncePerPerson: number
  onUnexpected: (error: unknown) => void
}

export function createFileStore({ folder, s3 }: FilesConfig): FileStore {
  return s3 === undefined ? createDiskFileStore(folder) : createS3FileStore(s3)
}

/** Takes up what the last process left; one process at a time may have the folder. */
export function openFiles(deps: FilesDeps): Files {
  const { sqlite, config, now, mayWrite, uploadsAtOncePerPerson, onUnexpected } = deps
  const store = createFileStore(config)
  const rows = createFileRows(sqlite, mayWrite)
  const incoming = join(config.folder, 'incoming')
  rmSync(incoming, { recursive: true, force: true })
  mkdirSync(incoming, { recursive: true, mode: 0o700 })
  rows.deleteUnfinished(now())

  const sweepOnce = createSweep({ rows, store, now })
  let sweeping: Promise<void> | undefined
  const sweep = (): Promise<void> => {
    sweeping ??= sweepOnce().finally(() => (sweeping = undefined))
    return sweeping
  }
  const sweepInBackground = (): void => void sweep().catch(onUnexpected)
  sweepInBackground()
  const timer = setInterval(sweepInBackground, config.sweepIntervalMs).unref()

  const uploadsOf = new Map<UserId, number>()

  async function upload(ownerId: UserId, request: UploadRequest): Promise<StoredFile> {
    if (rows.usedBytes(ownerId) >= config.quotaBytes) throw new AppError('quota_exceeded')
    const path = join(incoming, randomBytes(16).toString('hex'))
    const received = await receiveUpload(request, { path, maxSizeBytes: config.maxSizeBytes })
    try {
      return await keep(ownerId, received)
    } finally {
      await rm(path, { force: true })
    }
  }

  async function keep(ownerId: UserId, received: ReceivedUpload): Promise<StoredFile> {
    const { path, sizeBytes, checksum } = received
    const id = parseId(received.id) ?? createId<FileId>({ now, randomBytes: () => randomBytes(16) })
    const type = await sniffType(path)
    const picture = await readPicture(path, type)
    const file = {
      ...{ id, ownerId, sizeBytes, type, checksum },
      name: sanitizeFileName(received.name),
      width: picture?.width ?? null,
      height: picture?.height ?? null,
      thumbnailBytes: picture?.thumbnail.length ?? null,
      createdAt: now(),
    }
    const standing = rows.reserve(file, config.quotaBytes)
    if (standing !== undefined) return standing
    try {
      if (picture !== undefined) await putThumbnail(id, picture.thumbnail)
      await store.put(fileKey(id, 'content'), path, sizeBytes)
    } catch (error) {
      rows.deleteUnattached(id, now())
      throw error
    }
    return { ...file, attachment: rows.markStored(file, now()) }
  }

  async function putThumbnail(id: FileId, thumbnail: Buffer): Promise<void> {
    const path = join(incoming, randomBytes(16).toString('hex'))
    try {
      await writeFile(path, thumbnail, { mode: 0o600, flush: true })
      await store.put(fileKey(id, 'thumbnail'), path, thumbnail.length)
    } finally {
      await rm(path, { force: true })
    }
  }

  return {
    async upload(ownerId, request) {
      const running = uploadsOf.get(ownerId) ?? 0
      if (running >= uploadsAtOncePerPerson) throw new AppError('rate_limited')
      uploadsOf.set(ownerId, running + 1)
      try {
        return await upload(ownerId, request)
      } finally {
        const left = (uploadsOf.get(ownerId) ?? 1) - 1
        if (left === 0) uploadsOf.delete(ownerId)
        else uploadsOf.set(ownerId, left)
      }
    },
    find: rows.find,
    read: (id, part, range) => store.read(fileKey(id, part), range),
    remove(id) {
      if (!rows.deleteUnattached(id, now())) throw new AppError('conflict')
    },
    async close() {
      clearInterval(timer)
      await sweeping?.catch(onUnexpected)
    },
  }
}

function parseId(given: string | undefined): FileId | undefined {
  if (given === undefined) return undefined
  const { data, success } = fileIdSchema.safeParse(given)
  if (!success) throw new AppError('invalid_request', { message: 'The id is no UUIDv7' })
  return data
}
