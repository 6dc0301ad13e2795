/** Environment -> one frozen, checked object. Read once, in the entry points. */
import { resolve } from 'node:path'
import { z } from 'zod'
import {
  filesEnvironment,
  filesExpectations,
  hasWholeKey,
  readFilesConfig,
  type FilesConfig,
} from './files-config.ts'
import { createSecret, type Secret } from './secret.ts'
import {
  incompleteProviders,
  readSignInProviders,
  signInProviderExpectations,
  signInProviderVariables,
  type SignInProviders,
} from './sign-in-providers.ts'

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** An address, alone or as `Name <address>`. */
const SENDER = /^(?:[^<>@"\r\n]+ <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/

const variables = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(9002),
  HOST: z.string().min(1).default('0.0.0.0'),
  DATA_DIR: z.string().min(1).default('./data'),
  AUTH_SECRET: z.string().min(32).optional(),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  LOG_LEVEL: z.enum(logLevels).default('info'),
  TRUST_PROXY: z.stringbool().default(false),
  SEGMENT_MAX_MESSAGES: z.coerce.number().int().min(10).default(1_000),
  SEGMENT_MAX_CLIENTS: z.coerce.number().int().min(10).default(300),
  UPDATES_PER_SECOND: z.coerce.number().int().min(1).default(20),
  METRICS_TOKEN: z.string().min(16).optional(),
  ...filesEnvironment,
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  REQUIRE_VERIFIED_EMAIL: z.stringbool().default(false),
  MAIL_FROM: z.string().regex(SENDER).optional(),
  URGENCY_URL: z.url({ protocol: /^https?$/ }).optional(),
  ...signInProviderVariables,
})

/** Every variable that the server reads; `.env.example` describes the same ones. */
export const environmentSchema = variables
  .refine(hasWholeKey, { path: ['S3_SECRET_ACCESS_KEY'] })
  .refine((given) => !given.REQUIRE_VERIFIED_EMAIL || given.SMTP_URL !== undefined, {
    path: ['REQUIRE_VERIFIED_EMAIL'],
  })

/** What each variable must be, as it is said to who starts the server. */
const expectations: Record<keyof typeof environmentSchema.shape, string> = {
  PORT: 'must be a whole number from 0 to 65535',
  HOST: 'must be an address of this machine, such as 127.0.0.1',
  DATA_DIR: 'must be a folder',
  AUTH_SECRET: 'must have at least 32 characters',
  PUBLIC_URL: 'must be an address that begins with http:// or https://',
  LOG_LEVEL: `must be one of ${logLevels.join(', ')}`,
  TRUST_PROXY: 'must be true or false',
  SEGMENT_MAX_MESSAGES: 'must be a whole number from 10',
  SEGMENT_MAX_CLIENTS: 'must be a whole number from 10',
  UPDATES_PER_SECOND: 'must be a whole number from 1',
  METRICS_TOKEN: 'must have at least 16 characters',
  ...filesExpectations,
  SMTP_URL: 'must be an address that begins with smtp:// or smtps://',
  REQUIRE_VERIFIED_EMAIL: 'must be true or false, and true only where SMTP_URL is set',
  MAIL_FROM: 'must be an e-mail address, alone or as Name <address>',
  URGENCY_URL: 'must be an address that begins with http:// or https://',
  ...signInProviderExpectations,
}

export interface Config {
  http: {
    port: number
    host: string
    /** Where people reach the server; decides cookies and which origins are our own. */
    publicUrl: string
    /** Take the client's address from X-Forwarded-For: only behind a proxy of one's own. */
    isProxyTrusted: boolean
  }
  dataDir: string
  database: { path: string }
  /** Undefined: made on the first start and kept in the data directory. */
  auth: {
    secret: Secret | undefined
    providers: SignInProviders
    /** Nobody comes in by a password before they have proven their address. */
    isProofRequired: boolean
  }
  log: { level: (typeof logLevels)[number] }
  /** Undefined: programs on this machine alone may read `/metrics`. */
  metrics: { token: Secret | undefined }
  files: FilesConfig
  /** Who judges what is urgent in place of the built-in rules. */
  urgencyUrl: string | undefined
  /** Without `smtpUrl`, which holds a password, no e-mail is sent. */
  mail: { smtpUrl: Secret | undefined; from: string }
  limits: Limits
}

export interface Limits {
  /**
   * Far above what an update may have: a backlog that is too large gets a refusal, which a browser
   * can treat, where a frame that is too large ends the whole socket.
   */
  maxFrameBytes: number
  /** What may wait for a slow reader; whoever falls further behind has to connect anew. */
  maxBufferedBytes: number
  documentsPerSocket: number
  connectionsPerPerson: number
  /** Those of `/yjs`, each of which is one document. */
  plainConnectionsPerPerson: number
  connectionsPerAddress: number
  /** A segment that has grown past one of these is followed by the next. */
  segments: { maxMessages: number; maxClients: number }
  /** Updates of one person: a burst, and what is allowed in the long run. */
  updates: { capacity: number; perSecond: number }
  /** Frames of one socket, of any kind. */
  frames: { capacity: number; perSecond: number }
  /** Attempts to sign in or up, or to claim a person, from one address. */
  signIns: { capacity: number; perSecond: number }
  /** Wrong passwords of one account, from anywhere but where its person has been. */
  guesses: { capacity: number; perSecond: number }
  /** Uploads of one person. */
  uploads: { capacity: number; perSecond: number }
  uploadsAtOncePerPerson: number
  /** Mails that may be asked for by whoever is not signed in: to one address, and from one network. */
  mailsTo: { capacity: number; perSecond: number }
  mailsFrom: { capacity: number; perSecond: number }
  /** How long the OpenID Connect provider has to say where its pages are. */
  discoveryMs: number
  /** How often messages that are too old are looked for. */
  retentionSweepMs: number
}

/** What a person may do at once, in terms of what they may do in the long run. */
const UPDATE_BURST_SECONDS = 5

export const defaultLimits: Limits = {
  maxFrameBytes: 16 * 1_048_576,
  maxBufferedBytes: 64 * 1_048_576,
  documentsPerSocket: 2_000,
  connectionsPerPerson: 30,
  plainConnectionsPerPerson: 300,
  connectionsPerAddress: 500,
  segments: { maxMessages: 1_000, maxClients: 300 },
  updates: { capacity: 100, perSecond: 20 },
  frames: { capacity: 20_000, perSecond: 500 },
  signIns: { capacity: 30, perSecond: 0.5 },
  guesses: { capacity: 10, perSecond: 1 / 60 },
  uploads: { capacity: 60, perSecond: 0.5 },
  uploadsAtOncePerPerson: 5,
  mailsTo: { capacity: 5, perSecond: 1 / 600 },
  mailsFrom: { capacity: 20, perSecond: 1 / 60 },
  discoveryMs: 5_000,
  retentionSweepMs: 3_600_000,
}

/** Throws one Error that lists every fault of the environment. */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = environmentSchema.safeParse(given)
  const incomplete = incompleteProviders(given)
  if (!parsed.success || incomplete.length > 0) {
    const { fieldErrors } = parsed.success ? { fieldErrors: {} } : z.flattenError(parsed.error)
    const faults = Object.entries(expectations).filter(([name]) => name in fieldErrors)
    const lines = faults.map(([name, expectation]) => `  ${name}: ${expectation}`)
    lines.push(...incomplete.map((name) => `  ${name}: must be set where its neighbours are`))
    throw new Error(`The environment has faults:\n${lines.join('\n')}`)
  }
  const { PORT, HOST, DATA_DIR, AUTH_SECRET, PUBLIC_URL, LOG_LEVEL, TRUST_PROXY } = parsed.data
  const { SEGMENT_MAX_MESSAGES, SEGMENT_MAX_CLIENTS, UPDATES_PER_SECOND } = parsed.data
  const { SMTP_URL, MAIL_FROM, URGENCY_URL } = parsed.data
  const publicUrl = PUBLIC_URL ?? `http://localhost:${PORT}`
  const dataDir = resolve(DATA_DIR)
  return freezeDeep({
    http: {
      port: PORT,
      host: HOST,
      publicUrl,
      isProxyTrusted: TRUST_PROXY,
    },
    dataDir,
    database: { path: resolve(dataDir, 'connectnow.db') },
    auth: {
      secret: AUTH_SECRET === undefined ? undefined : createSecret(AUTH_SECRET),
      providers: readSignInProviders(parsed.data),
      isProofRequired: parsed.data.REQUIRE_VERIFIED_EMAIL,
    },
    log: { level: LOG_LEVEL },
    metrics: {
      token:
        parsed.data.METRICS_TOKEN === undefined
          ? undefined
          : createSecret(parsed.data.METRICS_TOKEN),
    },
    files: readFilesConfig(parsed.data, dataDir),
    mail: {
      smtpUrl: SMTP_URL === undefined ? undefined : createSecret(SMTP_URL),
      from: MAIL_FROM ?? `ConnectNow <connectnow@${new URL(publicUrl).hostname}>`,
    },
    urgencyUrl: URGENCY_URL,
    limits: {
      ...defaultLimits,
      segments: { maxMessages: SEGMENT_MAX_MESSAGES, maxClients: SEGMENT_MAX_CLIENTS },
      updates: {
        capacity: UPDATES_PER_SECOND * UPDATE_BURST_SECONDS,
        perSecond: UPDATES_PER_SECOND,
      },
    },
  })
}

/** Nobody may change a setting on the way: what was checked at start is what holds. */
function freezeDeep<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null) freezeDeep(part)
  }
  return Object.freeze(value)
}
