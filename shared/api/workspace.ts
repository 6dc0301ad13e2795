/** REST contract: the workspace as a whole. */
import { z } from 'zod'
import { signInWaysSchema } from './sign-in-ways.ts'

/** `GET /workspace`: what anybody may know before they sign in; nothing else is told here. */
export const workspaceResponseSchema = z.strictObject({
  /** Somebody has signed up first, and owns it. */
  hasOwner: z.boolean(),
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
