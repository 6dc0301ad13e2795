/** A value that must not be seen: it says what it is only when asked, never in a log or a dump. */
import { inspect } from 'node:util'

export interface Secret {
  /** The value itself, for the one that needs it. */
  reveal: () => string
  toString: () => string
  toJSON: () => string
}

const REDACTED = '[redacted]'

/** Hides a value from JSON, template strings, console and debugger output alike. */
export function createSecret(value: string): Secret {
  const redact = (): string => REDACTED
  return Object.freeze({
    reveal: () => value,
    toString: redact,
    toJSON: redact,
    [inspect.custom]: redact,
  })
}
