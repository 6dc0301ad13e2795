/** The root map `meta` belongs to the server alone. */
import { z } from 'zod'
import type { KeyChain } from '../document/key-chain.ts'
import type { ErrorCode } from '../errors.ts'
import type { Actor } from './actor.ts'

const keys = new Set(['segment', 'previous', 'next'])
const segmentSchema = z.int().min(1)

/** Judges all that one update writes to one entry; undefined when it is allowed. */
export function judgeMeta(chain: KeyChain, actor: Actor): ErrorCode | undefined {
  if (actor.kind !== 'server') return 'server_only'
  if (!keys.has(chain.key)) return 'invalid_key'
  const isValid = chain.written.every(
    ({ hasValue, value }) => !hasValue || segmentSchema.safeParse(value).success,
  )
  return isValid ? undefined : 'invalid_record'
}
