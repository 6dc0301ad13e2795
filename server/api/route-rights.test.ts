import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { createRoleStage, outcomeOf, personas, type RoleStage } from '../testing/role-stage.ts'
import { fillRow, routeRights } from '../testing/route-rights.ts'

const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
})
const withoutChannel = new Set(['owner', 'admin', 'outsider', 'guest'])
const rows = Object.entries(routeRights)

let stage: RoleStage

beforeAll(async () => {
  stage = await createRoleStage()
})
afterAll(() => stage.server.close())

test('every route of the OpenAPI document has a row in the table of rights, and no other', async () => {
  const response = await fetch(`${stage.server.url}/api/openapi.json`)
  const { paths } = documentSchema.parse(await response.json())
  const described = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const listed = new Set(rows.map(([row]) => row.split('#')[0]))
  expect(listed).toEqual(new Set(described))
})

async function askAll(row: string, type: 'PUBLIC' | 'PRIVATE'): Promise<Record<string, string>> {
  const outcomes: Record<string, string> = {}
  for (const persona of personas) {
    const subject = stage.makeSubject({ type })
    const asker = stage.people[persona].userId
    const { method, path, body } = await fillRow(stage, row, { subject, asker })
    outcomes[persona] = await outcomeOf(await stage.request(persona, method, path, body))
    if (routeRights[row]?.endsSession) await stage.signInAgain(persona)
  }
  return outcomes
}

test.each(rows)('%s answers every role as the table says', async (row, { outcomes, others }) => {
  const expected = { ...outcomes, deactivated: others, nobody: others }
  expect(await askAll(row, 'PUBLIC')).toEqual(expected)
})

const inChannels = rows.filter(([row]) => row.includes('/channels/{id}'))

test.each(inChannels)(
  '%s does not know a private channel for those who are not in it',
  async (row, { outcomes, others }) => {
    const hidden = Object.entries(outcomes).map(([persona, outcome]) => [
      persona,
      withoutChannel.has(persona) ? 'not_found' : outcome,
    ])
    const expected = { ...Object.fromEntries(hidden), deactivated: others, nobody: others }
    expect(await askAll(row, 'PRIVATE')).toEqual(expected)
  },
)
