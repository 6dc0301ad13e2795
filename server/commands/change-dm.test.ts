import { afterAll, beforeAll, expect, test } from 'vitest'
import { dmSchema, listParticipantsResponseSchema, type Dm } from '../../shared/api/dms.ts'
import { listMessagesResponseSchema } from '../../shared/api/messages.ts'
import { problemSchema } from '../../shared/api/problem.ts'
import { formatConversationName } from '../../shared/document/names.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'
import { connect } from '../testing/sync-client.ts'
import { withinASecond } from '../testing/within-a-second.ts'

let server: TestServer
let ada: TestPerson
let ben: TestPerson
let cleo: TestPerson

beforeAll(async () => {
  server = await startTestServer()
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
  cleo = await server.signUp('Cleo')
})
afterAll(() => server.close())

async function start(by: TestPerson, others: TestPerson[]): Promise<Dm> {
  const participantIds = others.map(({ userId }) => userId)
  return dmSchema.parse(await (await by.request('POST', '/api/dm', { participantIds })).json())
}

async function outcome(response: Response): Promise<number | string> {
  if (response.ok) return response.status
  return problemSchema.parse(await response.json()).code
}

async function participantsOf({ id }: Dm, by: TestPerson): Promise<string[]> {
  const response = await by.request('GET', `/api/dm/${id}/participants`)
  const { participants } = listParticipantsResponseSchema.parse(await response.json())
  return participants.map(({ userId }) => userId).toSorted()
}

const idsOf = (...people: TestPerson[]): string[] => people.map(({ userId }) => userId).toSorted()

test('adding people to a DM starts another one; those who were there keep theirs', async () => {
  const pair = await start(ada, [ben])
  await ada.request('POST', `/api/dm/${pair.id}/messages`, { content: 'between us' })
  const path = `/api/dm/${pair.id}/participants`
  const response = await ben.request('POST', path, { userIds: [cleo.userId] })
  const group = dmSchema.parse(await response.json())
  expect(group.id).not.toBe(pair.id)
  expect(await participantsOf(group, cleo)).toEqual(idsOf(ada, ben, cleo))
  expect(await participantsOf(pair, ada)).toEqual(idsOf(ada, ben))
  const seen = await cleo.request('GET', `/api/dm/${group.id}/messages`)
  expect(listMessagesResponseSchema.parse(await seen.json()).messages).toEqual([])
  expect((await start(cleo, [ben, ada])).id).toBe(group.id)
  const again = await ada.request('POST', path, { userIds: [cleo.userId, ben.userId] })
  expect(dmSchema.parse(await again.json()).id).toBe(group.id)
  expect(await outcome(await cleo.request('POST', path, { userIds: [cleo.userId] }))).toBe(
    'not_found',
  )
  expect(await outcome(await cleo.request('GET', path))).toBe('not_found')
})

test('P7 who leaves a group reads and writes nothing of it any more, at once', async () => {
  const group = await start(ada, [ben, cleo])
  const client = connect(server, cleo)
  const open = client.open(formatConversationName({ kind: 'dm', id: group.id }))
  await open.synced
  const path = `/api/dm/${group.id}`
  const leaving = cleo.request('DELETE', `${path}/participants`)
  expect(await withinASecond(open.refused)).toEqual({ code: 'access_ended' })
  expect(await outcome(await leaving)).toBe(204)
  expect(await outcome(await cleo.request('GET', path))).toBe('not_found')
  expect(await outcome(await cleo.request('POST', `${path}/messages`, { content: 'x' }))).toBe(
    'not_found',
  )
  expect(await outcome(await cleo.request('DELETE', `${path}/participants`))).toBe('not_found')
  expect(await participantsOf(group, ada)).toEqual(idsOf(ada, ben))
  client.close()
})

test('the same people who start a DM again are all in it again', async () => {
  const group = await start(ada, [ben, cleo])
  await cleo.request('DELETE', `/api/dm/${group.id}/participants`)
  await ada.request('POST', `/api/dm/${group.id}/messages`, { content: 'meanwhile' })
  expect((await start(ben, [ada, cleo])).id).toBe(group.id)
  expect(await participantsOf(group, cleo)).toEqual(idsOf(ada, ben, cleo))
  const again = dmSchema.parse(await (await cleo.request('GET', `/api/dm/${group.id}`)).json())
  expect(again.unreadCount).toBe(0)
  // One who left finds it by starting it, too.
  await cleo.request('DELETE', `/api/dm/${group.id}/participants`)
  expect((await start(cleo, [ada, ben])).participantIds.toSorted()).toEqual(idsOf(ada, ben, cleo))
})

test('nobody leaves the other alone in a DM of two; the last ones leave a group', async () => {
  const pair = await start(ada, [ben])
  expect(await outcome(await ben.request('DELETE', `/api/dm/${pair.id}/participants`))).toBe(
    'conflict',
  )
  const self = await start(ada, [ada])
  expect(await outcome(await ada.request('DELETE', `/api/dm/${self.id}/participants`))).toBe(
    'conflict',
  )
  const group = await start(ada, [ben, cleo])
  for (const person of [ada, ben, cleo]) {
    expect(await outcome(await person.request('DELETE', `/api/dm/${group.id}/participants`))).toBe(
      204,
    )
  }
})

test('wishes for a DM are of those who are in it', async () => {
  const pair = await start(ada, [ben])
  const patch = async (by: TestPerson, body: object): Promise<number | string> =>
    outcome(await by.request('PATCH', `/api/dm/${pair.id}`, body))
  expect(await patch(cleo, { muted: true })).toBe('not_found')
  expect(await patch(ada, { notifyLevel: 'SOMETIMES' })).toBe('invalid_request')
})
