/** `/api/workspace`: what concerns the workspace as a whole. */
import { createRoute } from '@hono/zod-openapi'
import {
  createSampleResponseSchema,
  updateWorkspaceSettingsRequestSchema,
  workspaceResponseSchema,
  workspaceSettingsSchema,
} from '../../../shared/api/workspace.ts'
import type { SignInWays } from '../../../shared/api/sign-in-ways.ts'
import type { Database } from '../../database/open-database.ts'
import { updateWorkspaceSettings } from '../../commands/update-workspace-settings.ts'
import { readWorkspaceSettings } from '../../queries/workspace-settings.ts'
import { createSampleWorkspace } from '../../seed/create-sample-workspace.ts'
import {
  commanderOf,
  createApp,
  json,
  jsonBody,
  signedInRoute,
  type ApiApp,
  type RouteDeps,
} from '../api-context.ts'

const workspaceRoute = createRoute({
  method: 'get',
  path: '/workspace',
  summary: 'Has the workspace an owner yet, and how can one sign in; told to anybody',
  responses: { 200: json(workspaceResponseSchema, 'What anybody may know of the workspace') },
})

const sampleRoute = signedInRoute({
  method: 'post',
  path: '/workspace/sample',
  noes: [409],
  summary: 'Fill an empty workspace with invented people, channels and messages',
  responses: { 201: json(createSampleResponseSchema, 'How much was made') },
})

const settingsRoute = signedInRoute({
  method: 'get',
  path: '/workspace/settings',
  summary: 'How long messages are kept',
  responses: { 200: json(workspaceSettingsSchema, 'The settings') },
})

const updateSettingsRoute = signedInRoute({
  method: 'patch',
  path: '/workspace/settings',
  summary: 'Say how many days messages are kept; for admins. Older ones are removed for ever',
  request: { body: jsonBody(updateWorkspaceSettingsRequestSchema) },
  responses: { 200: json(workspaceSettingsSchema, 'The settings as they are now') },
})

/** What is told before anybody has signed in: the first visitor makes the owner's account. */
export function createEntranceRoutes({ sqlite }: Database, signIn: SignInWays): ApiApp {
  const selectOwner = sqlite.prepare("SELECT 1 FROM users WHERE role = 'OWNER' LIMIT 1")
  return createApp().openapi(workspaceRoute, (context) =>
    context.json({ hasOwner: selectOwner.get() !== undefined, signIn }, 200),
  )
}

export function createWorkspaceRoutes({ commands }: RouteDeps): ApiApp {
  const { sqlite } = commands.database
  return createApp()
    .openapi(sampleRoute, async (context) => {
      const commander = commanderOf(context.get('identity'))
      return context.json(await createSampleWorkspace(commands, commander), 201)
    })
    .openapi(settingsRoute, (context) => context.json(readWorkspaceSettings(sqlite), 200))
    .openapi(updateSettingsRoute, (context) => {
      const commander = commanderOf(context.get('identity'))
      updateWorkspaceSettings(commands, commander, context.req.valid('json'))
      return context.json(readWorkspaceSettings(sqlite), 200)
    })
}
