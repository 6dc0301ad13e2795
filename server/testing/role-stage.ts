/** A server with somebody of every role in the workspace and in a channel; for tests of rights. */
import { randomBytes } from 'node:crypto'
import { dmSchema } from '../../shared/api/dms.ts'
import { messageSchema } from '../../shared/api/messages.ts'
import type { ChannelRole } from '../../shared/api/channels.ts'
import { problemSchema } from '../../shared/api/problem.ts'
import type { WorkspaceRole } from '../../shared/api/users.ts'
import { createId, type CategoryId, type ChannelId, type UserId } from '../../shared/ids.ts'
import { PASSWORD, startTestServer, type TestPerson, type TestServer } from './running-server.ts'

/** Whom a right is asked for; the first four are in no channel of the stage. */
export const personas = [
  'owner',
  'admin',
  'outsider',
  'guest',
  'guestInside',
  'channelOwner',
  'channelAdmin',
  'channelMember',
  'deactivated',
  'nobody',
] as const
export type Persona = (typeof personas)[number]

const workspaceRoleOf: Partial<Record<Persona, WorkspaceRole>> = {
  admin: 'ADMIN',
  guest: 'GUEST',
  guestInside: 'GUEST',
}
const channelRoleOf: Partial<Record<Persona, ChannelRole>> = {
  guestInside: 'MEMBER',
  channelOwner: 'OWNER',
  channelAdmin: 'ADMIN',
  channelMember: 'MEMBER',
}

/** What one question is asked about, made anew for each. */
export interface Subject {
  channelId: ChannelId
  /** In the channel, without a role and without an account. */
  memberId: UserId
  /** Not in the channel, without an account. */
  strangerId: UserId
  categoryId: CategoryId
  slug: string
}

export interface RoleStage {
  server: TestServer
  people: Record<Persona, TestPerson>
  request: (persona: Persona, method: string, path: string, body?: unknown) => Promise<Response>
  makeSubject: (options?: {
    type?: 'PUBLIC' | 'PRIVATE'
    posting?: 'EVERYONE' | 'ADMINS'
    isArchived?: boolean
  }) => Subject
  /** A message of `channelMember`, in a channel or a DM. */
  post: (path: string) => Promise<string>
  /** A DM of `channelOwner` and `channelMember`. */
  startDm: () => Promise<string>
  /** Signs a person in again whose sessions a request may have ended. */
  signInAgain: (persona: Persona) => Promise<void>
}

/** `yes`, which being led elsewhere counts as, or the code of the no. */
export async function outcomeOf(response: Response): Promise<string> {
  if (response.status < 400) return 'yes'
  return problemSchema.parse(await response.json()).code
}

export async function createRoleStage(): Promise<RoleStage> {
  const unlimited = { capacity: 1000, perSecond: 1000 }
  const server = await startTestServer({ limits: { signIns: unlimited, guesses: unlimited } })
  const { sqlite } = server
  const people: Partial<Record<Persona, TestPerson>> = {}
  for (const persona of personas) people[persona] = await server.signUp(persona)
  const all = people as Record<Persona, TestPerson> // each was made just now
  for (const persona of personas) {
    const role = workspaceRoleOf[persona]
    const { userId } = all[persona]
    if (role) sqlite.prepare('UPDATE users SET role = ? WHERE id = ?').run(role, userId)
  }
  await all.owner.request('DELETE', `/api/users/${all.deactivated.userId}`)
  const cookies = new Map(personas.map((persona) => [persona, all[persona].cookie]))
  cookies.set('nobody', '')

  const headers = { origin: server.url, 'content-type': 'application/json' }
  const request: RoleStage['request'] = (persona, method, path, body) =>
    fetch(`${server.url}/api${path}`, {
      method,
      // Where a browser would be led is not this server.
      redirect: 'manual',
      headers: { ...headers, cookie: cookies.get(persona) ?? '' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })

  let made = 0
  const nextId = <Id extends string>(): Id =>
    createId<Id>({ now: Date.now, randomBytes: () => randomBytes(16) })
  const insertPerson = sqlite.prepare(
    'INSERT INTO users (id, email, name, created_at, updated_at) VALUES (?, ?, ?, 1, 1)',
  )
  const insertMember = sqlite.prepare(
    'INSERT INTO channel_members (channel_id, user_id, role, joined_at) VALUES (?, ?, ?, 1)',
  )

  function makePerson(): UserId {
    const id = nextId<UserId>()
    insertPerson.run(id, `${id}@example.test`, 'Somebody')
    return id
  }

  const makeSubject: RoleStage['makeSubject'] = ({
    type = 'PUBLIC',
    posting = 'EVERYONE',
    isArchived = false,
  } = {}) => {
    made += 1
    const slug = `room-${made}`
    const channelId = nextId<ChannelId>()
    sqlite
      .prepare(
        `INSERT INTO channels (id, name, slug, type, posting, archived_at, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, 1, 1)`,
      )
      .run(channelId, slug, slug, type, posting, isArchived ? 1 : null)
    for (const persona of personas) {
      const role = channelRoleOf[persona]
      if (role) insertMember.run(channelId, all[persona].userId, role)
    }
    const memberId = makePerson()
    insertMember.run(channelId, memberId, 'MEMBER')
    const categoryId = nextId<CategoryId>()
    // There may not be as many categories as there are questions.
    sqlite.prepare('DELETE FROM channel_categories').run()
    sqlite
      .prepare(
        'INSERT INTO channel_categories (id, name, position, created_at) VALUES (?, ?, 0, 1)',
      )
      .run(categoryId, slug)
    return { channelId, memberId, strangerId: makePerson(), categoryId, slug }
  }

  return {
    server,
    people: all,
    request,
    makeSubject,
    async post(path) {
      const response = await request('channelMember', 'POST', path, { content: 'Hello' })
      return messageSchema.parse(await response.json()).id
    },
    async startDm() {
      const participantIds = [all.channelOwner.userId]
      const response = await request('channelMember', 'POST', '/dm', { participantIds })
      return dmSchema.parse(await response.json()).id
    },
    async signInAgain(persona) {
      if (persona === 'nobody' || persona === 'deactivated') return
      const { email } = all[persona]
      const response = await fetch(`${server.url}/api/auth/sign-in/email`, {
        ...{ method: 'POST', headers },
        body: JSON.stringify({ email, password: PASSWORD }),
      })
      cookies.set(persona, response.headers.getSetCookie()[0]?.split(';')[0] ?? '')
    },
  }
}
