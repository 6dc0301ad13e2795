/** Uploads by people of a test server, and the parts of hostile ones; for tests. */
import sharp from 'sharp'
import { fileSchema, type UploadedFile } from '../../shared/api/files.ts'
import type { TestPerson } from './running-server.ts'

export interface UploadOptions {
  id?: string
  name?: string
  /** What the uploader says it is. */
  type?: string
}

/** Sends one file as a browser does. */
export function sendUpload(
  person: TestPerson,
  content: string | Uint8Array<ArrayBuffer>,
  { id, name = 'notes.txt', type = 'text/plain' }: UploadOptions = {},
): Promise<Response> {
  const form = new FormData()
  if (id !== undefined) form.set('id', id)
  form.set('file', new File([content], name, { type }))
  return person.request('POST', '/api/files', form)
}

/** The file that was made; throws when it was refused. */
export async function uploadFile(...upload: Parameters<typeof sendUpload>): Promise<UploadedFile> {
  const response = await sendUpload(...upload)
  if (response.status !== 201) throw new Error(`No file: ${await response.text()}`)
  return fileSchema.parse(await response.json())
}

/** The bytes of a picture of one colour. */
export async function drawPicture(
  width: number,
  height: number,
  format: 'png' | 'jpeg' = 'png',
): Promise<Uint8Array<ArrayBuffer>> {
  const picture = sharp({ create: { width, height, channels: 3, background: '#264' } })
  return new Uint8Array(await picture.toFormat(format).toBuffer())
}
