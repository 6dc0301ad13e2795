/** Slack's emoji names -> emoji. Names that no emoji has (custom ones) stay `:name:`. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { z } from 'zod'
import { emojiSchema } from '../../../shared/records/emoji.ts'

export interface SlackEmoji {
  /** The emoji of a reaction's name, skin tone included (`+1::skin-tone-3`). */
  ofReaction: (name: string) => string
  /** The emoji that `:name:` in a text stands for; undefined when it is none. */
  ofName: (name: string) => string | undefined
}

const shortcodesSchema = z.record(z.string(), z.union([z.string(), z.array(z.string())]))
const emojiDataSchema = z.array(
  z.object({
    hexcode: z.string(),
    unicode: z.string(),
    skins: z.array(z.object({ hexcode: z.string(), unicode: z.string() })).optional(),
  }),
)
const TONED = /^(.+?)::skin-tone-([2-6])$/
/** Unicode's modifiers, by Slack's numbers for them. */
const TONES: Record<string, string> = { 2: '1F3FB', 3: '1F3FC', 4: '1F3FD', 5: '1F3FE', 6: '1F3FF' }

/** Names that Slack knows besides, or that it changed. */
const MORE_NAMES: Record<string, string> = {
  simple_smile: 'slightly_smiling_face',
  thumbsup_all: '+1',
}

export function loadSlackEmoji(): SlackEmoji {
  const require = createRequire(import.meta.url)
  const read = (path: string): unknown => JSON.parse(readFileSync(require.resolve(path), 'utf8'))
  const shortcodes = shortcodesSchema.parse(read('emojibase-data/en/shortcodes/iamcal.json'))
  const emojiByHexcode = new Map(
    emojiDataSchema.parse(read('emojibase-data/en/compact.json')).map((row) => [row.hexcode, row]),
  )
  const hexcodesByName = new Map<string, string>()
  for (const [hexcode, names] of Object.entries(shortcodes)) {
    for (const name of [names].flat()) hexcodesByName.set(name, hexcode)
  }

  function ofName(name: string): string | undefined {
    const [, base = name, tone] = TONED.exec(name) ?? []
    const hexcode = hexcodesByName.get(MORE_NAMES[base] ?? base)
    const emoji = hexcode === undefined ? undefined : emojiByHexcode.get(hexcode)
    if (emoji === undefined) return undefined
    if (tone === undefined) return asTyped(emoji.unicode)
    // People of two tones exist as well; the one asked for names a single tone.
    const modifier = TONES[tone]
    const toned = emoji.skins?.find(({ hexcode: code }) => {
      const modifiers = code.split('-').filter((part) => /^1F3F[B-F]$/.test(part))
      return modifiers.length > 0 && modifiers.every((part) => part === modifier)
    })
    return asTyped((toned ?? emoji).unicode)
  }

  return {
    ofName,
    ofReaction(name) {
      const emoji = ofName(name) ?? `:${customName(name)}:`
      return emojiSchema.safeParse(emoji).success ? emoji : ':unknown:'
    },
  }
}

/** As keyboards write it: no variation selector behind what is an emoji by itself. */
function asTyped(unicode: string): string {
  return unicode.replace(/(\p{Emoji_Presentation})\ufe0f/gu, '$1')
}

/** Custom names may hold letters that ours may not; what is left still tells them apart. */
function customName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/::skin-tone-[2-6]$/, '')
    .replace(/[^a-z0-9_+-]/gu, (character) => `u${character.codePointAt(0)?.toString(16) ?? ''}`)
  return plain.slice(0, 60)
}
