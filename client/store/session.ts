/**
 * Who is signed in on this device, kept in IndexedDB so that the app opens without the network.
 * The cookie is what signs in; this only says whose copies to open.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { z } from 'zod'
import { meSchema, type Me } from '../../shared/api/users.ts'
import { randomId } from '../engine/random-id.ts'
import { answerInTime } from '../engine/storage/answer-in-time.ts'
import { request } from './api-client.ts'

const DATABASE = 'connectnow-session'
const CHANGES = 'connectnow-session-changes'
/** Tells this tab's own notices from those of others. */
const TAB = randomId()

const noticeSchema = z.object({
  tab: z.string(),
  /** Another person is signed in, or nobody; or the same one has signed in again. */
  change: z.enum(['person', 'renewed']),
})
type Notice = z.infer<typeof noticeSchema>

interface SessionSchema extends DBSchema {
  session: { key: 'me'; value: unknown }
}

async function openAnd<Result>(
  act: (database: IDBPDatabase<SessionSchema>) => Promise<Result>,
): Promise<Result> {
  const database = await openDB<SessionSchema>(DATABASE, 1, {
    upgrade: (opened) => void opened.createObjectStore('session'),
  })
  try {
    return await act(database)
  } finally {
    database.close()
  }
}

async function withStore<Result>(
  act: (database: IDBPDatabase<SessionSchema>) => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await answerInTime(openAnd(act))
  } catch (error) {
    // A browser that keeps nothing on disk asks its person to sign in each time.
    globalThis.reportError(error)
    return undefined
  }
}

/**
 * The person whose copies are on this device, else the one whom the cookie belongs to; undefined
 * when nobody is signed in.
 */
export async function openSession(): Promise<Me | undefined> {
  const stored = meSchema.safeParse(await withStore((database) => database.get('session', 'me')))
  if (stored.success) return stored.data
  try {
    const me = await readMe()
    await storeSession(me)
    return me
  } catch {
    return undefined // signed out, or no server to ask: the sign-in page says which
  }
}

/** Keeps who is signed in; undefined once they have signed out. Other tabs hear of it. */
export async function storeSession(me: Me | undefined): Promise<void> {
  await withStore(async (database) => {
    if (me === undefined) await database.delete('session', 'me')
    else await database.put('session', me, 'me')
  })
  tellTabs('person')
}

/** The same person has signed in again: other tabs need not ask for the password too. */
export function announceRenewal(): void {
  tellTabs('renewed')
}

/** Keeps once more who is signed in, after a disk was emptied; nothing has changed for other tabs. */
export async function keepSession(me: Me): Promise<void> {
  await withStore((database) => database.put('session', me, 'me'))
}

/** Another tab signed somebody in or out. */
export function onSessionChange(listener: () => void): () => void {
  return onNotice('person', listener)
}

/** In another tab this person has signed in again. */
export function onSessionRenewed(listener: () => void): () => void {
  return onNotice('renewed', listener)
}

function tellTabs(change: Notice['change']): void {
  const changes = new BroadcastChannel(CHANGES)
  changes.postMessage({ tab: TAB, change } satisfies Notice)
  changes.close()
}

function onNotice(change: Notice['change'], listener: () => void): () => void {
  const changes = new BroadcastChannel(CHANGES)
  changes.addEventListener('message', (event: MessageEvent<unknown>) => {
    const notice = noticeSchema.safeParse(event.data).data
    if (notice?.change === change && notice.tab !== TAB) listener()
  })
  return () => changes.close()
}

/** Reads who the cookie belongs to. Throws AppError `unauthenticated` when it is nobody's. */
export function readMe(): Promise<Me> {
  return request('GET /users/me', {})
}

export interface Credentials {
  email: string
  password: string
}

export async function signIn(credentials: Credentials): Promise<Me> {
  await request('POST /auth/sign-in/email', { body: credentials })
  return readMe()
}

/** Undefined where the address has to be proven first: a mail is on its way, and nobody is signed in. */
export async function signUp(account: Credentials & { name: string }): Promise<Me | undefined> {
  const answer = await request('POST /auth/sign-up/email', { body: account })
  return 'user' in answer ? readMe() : undefined
}

/** Ends the session at the server, so that its cookie is worth nothing any more. */
export async function endSession(): Promise<void> {
  await request('POST /auth/sign-out', { body: {} })
}

/** Sets the password of the imported person whom a claim link is for; answers their address. */
export async function claimAccount(claim: {
  token: string
  password: string
  email?: string
}): Promise<string> {
  const { email } = await request('POST /auth/claim', { body: claim })
  return email
}
