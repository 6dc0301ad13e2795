/** REST contract: the workspace as a whole. */
import { z } from 'zod'
import { signInWaysSchema } from './sign-in-ways.ts'
import { MAX_RETENTION_DAYS } from './channels.ts'

/** `GET /workspace`: what anybody may know before they sign in; nothing else is told here. */
export const workspaceResponseSchema = z.strictObject({
  hasOwner: z.boolean().describe('Somebody has signed up first, and owns it.'),
  signIn: signInWaysSchema,
})

/**
 * `POST /workspace/sample`: fills a workspace that has no channel yet with invented people,
 * channels and messages. For its owner; answers `conflict` once there is a channel.
 */
export const createSampleResponseSchema = z.strictObject({
  people: z.int(),
  channels: z.int(),
  messages: z.int(),
})

const retentionDaysSchema = z.int().min(1).max(MAX_RETENTION_DAYS).nullable()

/** `GET /workspace/settings`: how many days messages are kept; null for ever. */
export const workspaceSettingsSchema = z
  .strictObject({
    retentionDays: retentionDaysSchema.describe('In channels that say nothing else.'),
    dmRetentionDays: retentionDaysSchema.describe('In DMs.'),
  })
  .meta({ id: 'WorkspaceSettings' })

/** `PATCH /workspace/settings`. What is left out stays as it is. Older messages are removed for ever. */
export const updateWorkspaceSettingsRequestSchema = workspaceSettingsSchema.partial()

export type WorkspaceSettings = z.infer<typeof workspaceSettingsSchema>
