/** REST contract: what a person wishes to be notified of, and how; for themself alone. */
import { z } from 'zod'

export const notifyLevels = ['ALL', 'MENTIONS', 'NOTHING'] as const

const MAX_KEYWORDS = 50
const minuteSchema = z.int().min(0).max(1_439)

/** A name of the IANA database, such as Europe/Berlin. */
const timeZoneSchema = z
  .string()
  .min(1)
  .max(64)
  .refine((name) => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
    } catch {
      return false // the engine's own way to say that there is no such zone
    }
  }, 'There is no such time zone')

export const preferencesSchema = z
  .strictObject({
    notifyLevel: z.enum(notifyLevels).describe('Where a conversation has no level of its own.'),
    notifyReplies: z.boolean(),
    notifyReactions: z.boolean(),
    keywords: z
      .array(z.string().trim().min(1).max(60))
      .max(MAX_KEYWORDS)
      .describe('Words that notify like a mention.'),
    pushEnabled: z.boolean(),
    emailEnabled: z.boolean(),
    urgentEnabled: z.boolean().describe('Whether messages are judged for being urgent.'),
    doNotDisturb: z
      .strictObject({ startMinute: minuteSchema, endMinute: minuteSchema })
      .nullable()
      .describe(
        'When push and e-mail are silent, in minutes after midnight in `timeZone`; null for never.',
      ),
    timeZone: timeZoneSchema,
  })
  .meta({ id: 'Preferences' })

/** `PATCH /users/:id/preferences`. What is left out stays as it is. */
export const updatePreferencesRequestSchema = preferencesSchema.partial()

export type Preferences = z.infer<typeof preferencesSchema>
export type NotifyLevel = (typeof notifyLevels)[number]
