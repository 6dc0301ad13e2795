/** What may stand as the emoji of a reaction: one emoji, or the `:name:` of a custom one. */
import { z } from 'zod'

const EMOJI_PARTS = /^(?:\p{Emoji}|\p{Emoji_Component}|\u200d|\ufe0f|\u20e3)+$/u
const EMOJI_BASE = /\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3/u
const CUSTOM_NAME = /^:[a-z0-9_+-]{1,60}:$/
/** The longest emoji sequences in Unicode (families with skin tones) need 30 or so. */
const MAX_EMOJI_LENGTH = 40

/**
 * Judged by Unicode properties rather than by a list of emoji, so that a browser with a newer
 * Unicode version than the server can react with what its keyboard offers.
 */
export const emojiSchema = z
  .string()
  .max(64)
  .refine(
    (text) =>
      CUSTOM_NAME.test(text) ||
      (text.length <= MAX_EMOJI_LENGTH && EMOJI_PARTS.test(text) && EMOJI_BASE.test(text)),
  )
