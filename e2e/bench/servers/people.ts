/** People of a ConnectNow server, and channels that they are all in; by REST, as anybody would. */
import { z } from 'zod'
import {
  channelSchema,
  listChannelsResponseSchema,
  type Channel,
  type CreateChannelRequest,
} from '../../../shared/api/channels.ts'
import { userIdSchema, type ChannelId, type UserId } from '../../../shared/ids.ts'

export interface BenchPerson {
  userId: UserId
  cookie: string
  address: string
}

const signUpSchema = z.object({ user: z.object({ id: userIdSchema }) })
const AT_ONCE = 8

export async function signUpPeople(url: string, count: number): Promise<BenchPerson[]> {
  const first = await signUp(url, 0)
  const others = Array.from({ length: count - 1 }, (_, index) => index + 1)
  return [first, ...(await mapInTurn(others, (index) => signUp(url, index)))]
}

/** Makes a public channel that all of these people are in. */
export async function createSharedChannel(
  url: string,
  people: readonly BenchPerson[],
  slug: string,
): Promise<ChannelId> {
  const [owner, ...others] = people
  if (owner === undefined) throw new Error('Nobody is there to make a channel')
  const request: CreateChannelRequest = { name: slug, slug }
  const { id } = channelSchema.parse(
    await (await post(url, '/api/channels', request, owner)).json(),
  )
  await mapInTurn(others, (person) =>
    post(url, `/api/channels/${id}/members`, { userId: person.userId }, person),
  )
  return id
}

/** All public channels, with how long their chains are. */
export async function readChannels(url: string, { cookie }: BenchPerson): Promise<Channel[]> {
  const all: Channel[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const query = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const response = await fetch(`${url}/api/channels?limit=100${query}`, { headers: { cookie } })
    if (!response.ok) throw new Error(`The channels cannot be read: ${await response.text()}`)
    const page = listChannelsResponseSchema.parse(await response.json())
    all.push(...page.channels)
    cursor = page.nextCursor
  }
  return all
}

async function signUp(url: string, index: number): Promise<BenchPerson> {
  // The server stands behind a proxy, as far as it knows: its limits count by address.
  const address = `10.0.${Math.floor(index / 250)}.${(index % 250) + 1}`
  const body = {
    name: `Person ${index}`,
    email: `person${index}@example.test`,
    password: 'correct horse battery',
  }
  const response = await post(url, '/api/auth/sign-up/email', body, { cookie: '', address })
  const { user } = signUpSchema.parse(await response.json())
  const cookies = response.headers.getSetCookie().map((each) => each.split(';')[0])
  return { userId: user.id, cookie: cookies.join('; '), address }
}

async function post(
  url: string,
  path: string,
  body: unknown,
  { cookie, address }: Pick<BenchPerson, 'cookie' | 'address'>,
): Promise<Response> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      origin: url,
      cookie,
      'x-forwarded-for': address,
    },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path} failed: ${await response.text()}`)
  return response
}

/** Some at once, all in the end; the answers stand in the order of the values. */
async function mapInTurn<Value, Answer>(
  values: readonly Value[],
  ask: (value: Value) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let start = 0; start < values.length; start += AT_ONCE) {
    answers.push(...(await Promise.all(values.slice(start, start + AT_ONCE).map(ask))))
  }
  return answers
}
