/**
 * A picture's size as it is shown, and its thumbnail, made in libvips' own threads. Pictures come
 * from anybody: only the formats named here are decoded, only so many pixels, one picture at a time.
 * A picture that cannot be read has neither; that is no reason to refuse the file.
 */
import sharp from 'sharp'

export interface Picture {
  width: number
  height: number
  /** WebP; at most THUMBNAIL_SIZE pixels wide and high. */
  thumbnail: Buffer
}

const THUMBNAIL_SIZE = 480
/** A small file can hold a picture of gigabytes; this many take 200 MB at most. */
const MAX_PIXELS = 50_000_000
const MAX_SECONDS = 20

/** Everything that can be decoded, by media type; libvips knows more, and more of it has bugs. */
const loaders: Record<string, string> = {
  'image/jpeg': 'VipsForeignLoadJpegFile',
  'image/png': 'VipsForeignLoadPngFile',
  'image/webp': 'VipsForeignLoadWebpFile',
  'image/gif': 'VipsForeignLoadNsgifFile',
  'image/avif': 'VipsForeignLoadHeifFile',
}

sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: Object.values(loaders) })
sharp.cache(false)
sharp.concurrency(1)

let last: Promise<unknown> = Promise.resolve()

/** Undefined for what is no picture, has too many pixels or is damaged. */
export function readPicture(path: string, type: string): Promise<Picture | undefined> {
  if (!(type in loaders)) return Promise.resolve(undefined)
  const reading = last.then(() => decode(path))
  last = reading
  return reading
}

async function decode(path: string): Promise<Picture | undefined> {
  try {
    const options = { limitInputPixels: MAX_PIXELS, failOn: 'error', sequentialRead: true } as const
    const { width, height, autoOrient } = await sharp(path, options).metadata()
    if (width * height > MAX_PIXELS) return undefined
    const thumbnail = await sharp(path, options)
      .autoOrient()
      .resize(THUMBNAIL_SIZE, THUMBNAIL_SIZE, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 75 })
      .timeout({ seconds: MAX_SECONDS })
      .toBuffer()
    return { width: autoOrient.width, height: autoOrient.height, thumbnail }
  } catch {
    return undefined
  }
}
