/**
 * The server's log: one JSON line per event on standard output. What could be used to act as
 * somebody (cookies, tokens, passwords, secrets) never reaches it, at any depth that is logged.
 */
import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino'
import type { Config } from '../config/config.ts'

export type { Logger }

const secretNames = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'accessToken',
  'refreshToken',
  'idToken',
]
const REDACTED = '[redacted]'
const MAX_DEPTH = 4

/** Creates the log at the configured level; tests give a destination of their own. */
export function createLogger({ level }: Config['log'], destination?: DestinationStream): Logger {
  const prefixes = Array.from({ length: MAX_DEPTH }, (_, depth) => '*.'.repeat(depth))
  const paths = prefixes.flatMap((prefix) => [
    ...secretNames.map((name) => `${prefix}${name}`),
    `${prefix}["set-cookie"]`.replace('.[', '['),
  ])
  const options = {
    level,
    base: null,
    redact: { paths, censor: REDACTED },
    serializers: { error: stdSerializers.err },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}
