/** A whole server in a folder of its own, on a free port, and people who use it; for tests. */
import { mkdtempSync, rmSync } from 'node:fs'
import type { Agent } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import {
  channelSchema,
  type Channel,
  type CreateChannelRequest,
} from '../../shared/api/channels.ts'
import { userIdSchema, type UserId } from '../../shared/ids.ts'
import { loadConfig, type Limits } from '../config/config.ts'
import type { FilesConfig } from '../config/files-config.ts'
import { openDatabase, type Database, type SqliteConnection } from '../database/open-database.ts'
import { createLogger } from '../observability/logger.ts'
import { startServer, type RunningServer } from '../start-server.ts'
import { watchStatements, type RunStatement } from './record-statements.ts'

export interface TestPerson {
  userId: UserId
  name: string
  email: string
  cookie: string
  /** Sends a request as this person; a body goes as JSON, a form as it is. */
  request: (method: string, path: string, body?: unknown) => Promise<Response>
}

export interface TestServer extends RunningServer {
  folder: string
  databasePath: string
  /** The server's own connection, for limits that hold for one connection alone. */
  sqlite: SqliteConnection
  /** Signs somebody new up; the first one owns the workspace. */
  signUp: (name: string) => Promise<TestPerson>
  createChannel: (owner: TestPerson, request: CreateChannelRequest) => Promise<Channel>
  /** Stops and starts it again over the same data, to which something may be done in between. */
  restart: (meanwhile?: () => Promise<void>) => Promise<void>
}

export interface TestServerOptions {
  /** Variables beside those that every test needs. */
  environment?: Readonly<Record<string, string>>
  limits?: Partial<Limits>
  files?: Partial<FilesConfig>
  now?: () => number
  /** Told of each statement that the server runs on its own connection. */
  onStatement?: (statement: RunStatement) => void
  /** Leads to a push service of the test's own. */
  pushAgent?: Agent
}

/** Everybody's. */
export const PASSWORD = 'correct horse battery'
const signUpSchema = z.object({ user: z.object({ id: userIdSchema }) })

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'connectnow-'))
  const defaults = loadConfig({
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: folder,
    LOG_LEVEL: 'error',
    ...options.environment,
  })
  const config = {
    ...defaults,
    limits: { ...defaults.limits, ...options.limits },
    files: { ...defaults.files, ...options.files },
  }
  let database: Database
  const open = (path: string): Database => {
    database = openDatabase(path)
    if (options.onStatement !== undefined) watchStatements(database.sqlite, options.onStatement)
    return database
  }
  const start = (): Promise<RunningServer> =>
    startServer(config, createLogger(config.log), { ...options, openDatabase: open })
  let running = await start()

  async function signUp(name: string): Promise<TestPerson> {
    const email = `${name.toLowerCase()}@example.test`
    const response = await fetch(`${running.url}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: running.url },
      body: JSON.stringify({ name, email, password: PASSWORD }),
    })
    if (!response.ok) throw new Error(`Sign-up failed: ${await response.text()}`)
    const { user } = signUpSchema.parse(await response.json())
    const cookie = response.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ')
    const request: TestPerson['request'] = (method, path, body) =>
      fetch(`${running.url}${path}`, {
        method,
        headers: {
          cookie,
          origin: running.url,
          ...(body === undefined || isForm(body) ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: isForm(body) ? body : JSON.stringify(body) }),
      })
    return { userId: user.id, name, email, cookie, request }
  }

  return {
    folder,
    databasePath: config.database.path,
    get sqlite() {
      return database.sqlite
    },
    get url() {
      return running.url
    },
    signUp,
    async createChannel(owner, request) {
      const response = await owner.request('POST', '/api/channels', request)
      if (!response.ok) throw new Error(`No channel: ${await response.text()}`)
      return channelSchema.parse(await response.json())
    },
    async restart(meanwhile) {
      await running.close()
      await meanwhile?.()
      running = await start()
    },
    async close() {
      await running.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function isForm(body: unknown): body is FormData {
  return body instanceof FormData
}
