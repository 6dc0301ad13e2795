/** Ends connections whose session or token expires while they are open (P7). */
import type { Credential } from '../auth/authenticate.ts'
import type { SyncNotifier } from './live-notifier.ts'
import type { SyncSocket } from './sync-session.ts'

export interface ExpiryDeps {
  sockets: () => ReadonlySet<SyncSocket>
  notifier: SyncNotifier
  credentialEnd: (credential: Credential) => number | null | undefined
  now: () => number
  onUnexpected: (error: unknown) => void
}

const CHECK_MS = 500

/** Looks twice a second at what each session believes, and at the store only when it is due. */
export function watchExpiry(deps: ExpiryDeps): () => void {
  const { sockets, notifier, credentialEnd, now } = deps

  function check(): void {
    const due = new Map<string, Credential>()
    for (const { sessions } of sockets()) {
      for (const { identity } of sessions) {
        const { credential } = identity
        if (credential.expiresAt !== null && credential.expiresAt <= now()) {
          due.set(credential.id, credential)
        }
      }
    }
    for (const credential of due.values()) endOrExtend(credential)
  }

  function endOrExtend(credential: Credential): void {
    // Using the app over HTTP prolongs a session that this socket saw begin.
    const end = credentialEnd(credential)
    if (end !== undefined && (end === null || end > now())) {
      for (const { sessions } of sockets()) {
        for (const { identity } of sessions) {
          if (identity.credential.id === credential.id) identity.credential.expiresAt = end
        }
      }
      return
    }
    notifier.credentialEnded(
      credential.kind === 'session' ? { sessionId: credential.id } : { tokenId: credential.id },
    )
  }

  const timer = setInterval(() => {
    try {
      check()
    } catch (error) {
      deps.onUnexpected(error) // asked again at the next check
    }
  }, CHECK_MS)
  timer.unref()
  return () => clearInterval(timer)
}
