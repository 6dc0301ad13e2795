/** `/api/workspace`: what concerns the workspace as a whole. */
import { createSampleResponseSchema } from '../../../shared/api/workspace.ts'
import { createSampleWorkspace } from '../../seed/create-sample-workspace.ts'
import {
  commanderOf,
  createApp,
  json,
  signedInRoute,
  type ApiApp,
  type RouteDeps,
} from '../api-context.ts'

const sampleRoute = signedInRoute({
  method: 'post',
  path: '/workspace/sample',
  summary: 'Fill an empty workspace with invented people, channels and messages',
  responses: { 201: json(createSampleResponseSchema, 'How much was made') },
})

export function createWorkspaceRoutes({ commands }: RouteDeps): ApiApp {
  return createApp().openapi(sampleRoute, async (context) => {
    const commander = commanderOf(context.get('identity'))
    return context.json(await createSampleWorkspace(commands, commander), 201)
  })
}
