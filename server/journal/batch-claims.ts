/**
 * What the updates already accepted in a batch touch. They are not applied yet, so another update
 * that touches the same record or clientID must wait: the guard would judge it by an old state.
 */
import type { GuardDecision } from '../../shared/guard/guard-update.ts'

type Claim = Pick<Extract<GuardDecision, { allowed: true }>, 'touched' | 'clients'>

export interface BatchClaims {
  /** Whether this batch already changes the document. */
  has: (documentName: string) => boolean
  /** Whether a decision may stand beside those accepted before it. */
  conflictsWith: (documentName: string, decision: Claim) => boolean
  add: (documentName: string, decision: Claim) => void
}

export function createBatchClaims(): BatchClaims {
  const claims = new Map<string, Set<string | number>>()
  const claimsOf = ({ touched, clients }: Claim): (string | number)[] => [
    ...touched,
    ...clients.map(({ clientId }) => clientId),
  ]
  return {
    has: (documentName) => claims.has(documentName),
    conflictsWith(documentName, decision) {
      const claimed = claims.get(documentName)
      return claimed !== undefined && claimsOf(decision).some((claim) => claimed.has(claim))
    },
    add(documentName, decision) {
      const claimed = claims.get(documentName) ?? new Set()
      claims.set(documentName, claimed)
      for (const claim of claimsOf(decision)) claimed.add(claim)
    },
  }
}
