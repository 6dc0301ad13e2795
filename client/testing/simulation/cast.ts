/** Who takes part in every history: signed up once, in a data directory that each run copies. */
import { rmSync } from 'node:fs'
import { z } from 'zod'
import { createSeededRandom } from '../../../e2e/testing/seeded-random.ts'
import { userIdSchema, type UserId } from '../../../shared/ids.ts'
import { createMemoryNetwork } from './memory-network.ts'
import { sendRequest, startSimulatedServer } from './simulated-server.ts'
import { virtualTime } from './virtual-time.ts'

export interface CastMember {
  userId: UserId
  /** Sessions that are signed in already: hashing a password takes real time. */
  cookies: readonly string[]
}

export interface Cast {
  people: readonly CastMember[]
  /** A data directory in which all of them are signed up. */
  folder: string
  close: () => void
}

const SIGNED_UP_AT = Date.UTC(2026, 0, 5, 9)
/** When histories begin, ms UTC: everybody has signed up before. */
export const BEGINNING = SIGNED_UP_AT + 3_600_000
const SESSIONS_EACH = 4
const password = 'correct horse battery'
const signUpSchema = z.object({ user: z.object({ id: userIdSchema }) })

export async function signUpCast(size: number): Promise<Cast> {
  virtualTime.reset(SIGNED_UP_AT, 1)
  const network = createMemoryNetwork(createSeededRandom(1))
  const server = await startSimulatedServer(network)
  const people: CastMember[] = []
  for (let index = 0; index < size; index += 1) {
    const name = `Person${index}`
    const email = `${name.toLowerCase()}@example.test`
    const post = (path: string, body: unknown): ReturnType<typeof sendRequest> =>
      sendRequest(network, { method: 'POST', path, body })
    const signedUp = await post('/api/auth/sign-up/email', { name, email, password })
    if (signedUp.status !== 200) throw new Error(`Sign-up failed: ${signedUp.body}`)
    const cookies = [signedUp.cookies.join('; ')]
    while (cookies.length < SESSIONS_EACH) {
      const signedIn = await post('/api/auth/sign-in/email', { email, password })
      cookies.push(signedIn.cookies.join('; '))
    }
    people.push({ userId: signUpSchema.parse(JSON.parse(signedUp.body)).user.id, cookies })
  }
  await server.close()
  return {
    people,
    folder: server.folder,
    close: () => rmSync(server.folder, { recursive: true }),
  }
}
