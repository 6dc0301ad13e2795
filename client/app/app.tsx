/** Decides what the person sees first: the workspace, or the way into it. */
import { useEffect, useState, type ReactNode } from 'react'
import type { Me } from '../../shared/api/users.ts'
import { AccountPage } from '../features/account/account-page.tsx'
import { ClaimPage } from '../features/account/claim-page.tsx'
import { MailedLinkPage, mailedPathOf } from '../features/account/mailed-link-page.tsx'
import { onSessionChange, openSession, storeSession } from '../store/session.ts'
import { WorkspaceProvider } from '../store/workspace-provider.tsx'
import { Button, Notice, Spinner } from '../ui/controls.tsx'
import styles from './app.module.css'
import { Shell } from './shell.tsx'
import { useAppUpdate } from './use-app-update.ts'

type Session = { state: 'loading' } | { state: 'nobody' } | { state: 'signed-in'; me: Me }

export function App(): ReactNode {
  const [session, setSession] = useState<Session>({ state: 'loading' })
  const update = useAppUpdate()

  useEffect(() => {
    void openSession().then((me) =>
      setSession(me === undefined ? { state: 'nobody' } : { state: 'signed-in', me }),
    )
    // Another tab signed in or out: this one would go on with copies that are not its own.
    return onSessionChange(() => globalThis.location.reload())
  }, [])

  const enter = async (me: Me): Promise<void> => {
    await storeSession(me)
    setSession({ state: 'signed-in', me })
  }

  return (
    <div className={styles.app}>
      {update.isWaiting ? (
        <Notice kind="warning">
          <p>A new version of ConnectNow is ready.</p>
          <Button isSmall onClick={update.apply}>
            Reload
          </Button>
        </Notice>
      ) : null}
      <SessionScreen session={session} onEnter={enter} />
    </div>
  )
}

interface SessionScreenProps {
  session: Session
  onEnter: (me: Me) => Promise<void>
}

function SessionScreen({ session, onEnter }: SessionScreenProps): ReactNode {
  const isClaim = globalThis.location.pathname === '/claim'
  const mailedPath = mailedPathOf(globalThis.location.pathname)
  if (session.state === 'loading') return <Spinner label="Opening ConnectNow" />
  if (isClaim) return <ClaimPage onEnter={onEnter} />
  if (mailedPath !== undefined) return <MailedLinkPage path={mailedPath} onEnter={onEnter} />
  if (session.state === 'nobody') return <AccountPage onEnter={onEnter} />
  return (
    <WorkspaceProvider me={session.me} fallback={<Spinner label="Opening your conversations" />}>
      <Shell onSignedOut={() => globalThis.location.assign('/')} />
    </WorkspaceProvider>
  )
}
