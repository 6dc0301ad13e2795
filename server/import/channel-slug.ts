/** The name of a channel elsewhere -> the slug under which it can be reached here. Pure. */
import { channelSlugSchema } from '../../shared/api/channels.ts'

const MAX_SLUG_LENGTH = 80

/** Undefined when nothing of the name may stand in a slug. */
export function slugOf(name: string): string | undefined {
  const slug = name
    .toLowerCase()
    .replace(/[^\p{Ll}\p{Lo}\p{N}_-]+/gu, '-')
    .replace(/^[_-]+|-+$/g, '')
    .slice(0, MAX_SLUG_LENGTH)
  return channelSlugSchema.safeParse(slug).success ? slug : undefined
}
