import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  categorySchema,
  listCategoriesResponseSchema,
  type Category,
} from '../../shared/api/channel-categories.ts'
import { listChannelsResponseSchema, type Channel } from '../../shared/api/channels.ts'
import { outcomeOf } from '../testing/role-stage.ts'
import { startTestServer, type TestPerson, type TestServer } from '../testing/running-server.ts'

let server: TestServer
let ada: TestPerson
let ben: TestPerson

beforeAll(async () => {
  server = await startTestServer()
  ada = await server.signUp('Ada')
  ben = await server.signUp('Ben')
})
afterAll(() => server.close())

async function makeCategory(name: string, position?: number): Promise<Category> {
  const body = { name, ...(position === undefined ? {} : { position }) }
  return categorySchema.parse(
    await (await ada.request('POST', '/api/channel-categories', body)).json(),
  )
}

async function categoryNames(person = ada): Promise<string[]> {
  const response = await person.request('GET', '/api/channel-categories')
  const { categories } = listCategoriesResponseSchema.parse(await response.json())
  return categories.map(({ name }) => name)
}

/** The slugs of a category's channels, in their order. */
async function slugsIn(categoryId: string | null): Promise<string[]> {
  const response = await ada.request('GET', '/api/channels?limit=100')
  return listChannelsResponseSchema
    .parse(await response.json())
    .channels.filter((channel) => channel.categoryId === categoryId)
    .toSorted((one, other) => one.position - other.position)
    .map(({ slug }) => slug)
}

const move = (channel: Channel, body: unknown): Promise<Response> =>
  ada.request('PATCH', `/api/channels/${channel.id}`, body)

async function makeChannels(...slugs: string[]): Promise<Channel[]> {
  const made: Channel[] = []
  for (const slug of slugs) made.push(await server.createChannel(ada, { name: slug, slug }))
  return made
}

test('categories stand where they are put, and the others keep their order', async () => {
  const [work, , play] = [
    await makeCategory('work'),
    await makeCategory('home'),
    await makeCategory('play'),
    await makeCategory('first', 0),
  ]
  expect(await categoryNames()).toEqual(['first', 'work', 'home', 'play'])
  await ada.request('PATCH', `/api/channel-categories/${play.id}`, { position: 1 })
  expect(await categoryNames()).toEqual(['first', 'play', 'work', 'home'])
  await ada.request('PATCH', `/api/channel-categories/${work.id}`, { position: 99, name: 'job' })
  expect(await categoryNames()).toEqual(['first', 'play', 'home', 'job'])
})

test('channels are moved within a category, between categories, and out of all', async () => {
  const [a, b, c] = await makeChannels('a', 'b', 'c')
  const d = await server.createChannel(ben, { name: 'd', slug: 'd', type: 'PRIVATE' })
  if (!a || !b || !c) throw new Error('Three were made')
  expect(await slugsIn(null)).toEqual(['a', 'b', 'c'])
  await move(c, { position: 0 })
  expect(await slugsIn(null)).toEqual(['c', 'a', 'b'])
  const { id: categoryId } = await makeCategory('moved')
  await move(a, { categoryId })
  await move(b, { categoryId, position: 0 })
  expect(await slugsIn(categoryId)).toEqual(['b', 'a'])
  expect(await slugsIn(null)).toEqual(['c'])
  await ada.request('DELETE', `/api/channel-categories/${categoryId}`)
  expect((await slugsIn(null)).toSorted((one, other) => one.localeCompare(other))).toEqual([
    ...['a', 'b', 'c'],
  ])
  expect(await outcomeOf(await move(a, { categoryId }))).toBe('not_found')
  expect(d.position).toBe(3)
})

test('two who move at once both get their place, and nothing else changes its order', async () => {
  const { id: categoryId } = await makeCategory('shared')
  const made = await makeChannels('e', 'f', 'g', 'h', 'i')
  for (const channel of made) await move(channel, { categoryId })
  const [e, , , h] = made
  if (!e || !h) throw new Error('Five were made')
  await Promise.all([move(h, { position: 0 }), move(e, { position: 4 })])
  expect(await slugsIn(categoryId)).toEqual(['h', 'f', 'g', 'i', 'e'])
})

test('what is moved and renamed by somebody who may do one of the two stays as it was', async () => {
  const channel = await server.createChannel(ben, { name: 'Bens', slug: 'bens' })
  const path = `/api/channels/${channel.id}`
  const both = await ben.request('PATCH', path, { name: 'Mine', position: 0 })
  expect(await outcomeOf(both)).toBe('forbidden')
  expect(await (await ben.request('GET', path)).json()).toEqual(channel)
  expect(await outcomeOf(await ben.request('PATCH', path, { name: 'Mine' }))).toBe('yes')
})

test('a channel takes another slug unless that is in use', async () => {
  const [one] = await makeChannels('one', 'two')
  if (!one) throw new Error('Two were made')
  expect(await outcomeOf(await move(one, { slug: 'two' }))).toBe('already_exists')
  expect(await outcomeOf(await move(one, { slug: 'UPPER' }))).toBe('invalid_request')
  const renamed: unknown = await (await move(one, { slug: 'eins' })).json()
  expect(renamed).toMatchObject({ slug: 'eins', name: 'one' })
  await makeChannels('one')
})

test('guests hear of the categories of their own channels alone', async () => {
  const guest = await server.signUp('Guest')
  await ada.request('PATCH', `/api/users/${guest.userId}`, { role: 'GUEST' })
  expect(await categoryNames(guest)).toEqual([])
  const [channel] = await makeChannels('lobby')
  if (!channel) throw new Error('One was made')
  const { id: categoryId } = await makeCategory('for all')
  await move(channel, { categoryId })
  const userId = guest.userId
  await ada.request('POST', `/api/channels/${channel.id}/members`, { userId })
  expect(await categoryNames(guest)).toEqual(['for all'])
})
