/** Somebody who signed up over HTTP; their cookie outlives the server's process. */
import { z } from 'zod'
import { userIdSchema, type UserId } from '../../shared/ids.ts'

export interface Person {
  userId: UserId
  cookie: string
  post: (url: string, path: string, body: unknown) => Promise<Response>
}

const PASSWORD = 'correct horse battery'
const signUpSchema = z.object({ user: z.object({ id: userIdSchema }) })

export async function signUp(
  url: string,
  name: string,
  email = `${name.toLowerCase()}@example.test`,
): Promise<Person> {
  const response = await postJson(url, '/api/auth/sign-up/email', '', {
    name,
    email,
    password: PASSWORD,
  })
  if (!response.ok) throw new Error(`Sign-up failed: ${await response.text()}`)
  const { user } = signUpSchema.parse(await response.json())
  const cookies = response.headers.getSetCookie().map((each) => each.split(';')[0])
  const cookie = cookies.join('; ')
  return {
    userId: user.id,
    cookie,
    post: (address, path, body) => postJson(address, path, cookie, body),
  }
}

/** Somebody new joins a public channel and writes these into it, one after the other. */
export async function postAs(
  name: string,
  url: string,
  channelId: string,
  contents: readonly string[],
): Promise<void> {
  const { userId, post } = await signUp(url, name)
  const path = `/api/channels/${channelId}`
  for (const [to, body] of [
    ['members', { userId }],
    ...contents.map((content) => ['messages', { content }] as const),
  ] as const) {
    const response = await post(url, `${path}/${to}`, body)
    if (!response.ok) throw new Error(`Posting failed: ${await response.text()}`)
  }
}

function postJson(url: string, path: string, cookie: string, body: unknown): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url, cookie },
    body: JSON.stringify(body),
  })
}
