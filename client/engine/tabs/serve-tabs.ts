/**
 * The leading tab's side of sharing one engine: takes up each tab that would follow, and carries
 * out what dead ones left.
 */
import type { LocalEngine } from '../open-engine.ts'
import { createCommandRunner } from './carry-out.ts'
import type { Handover } from './handover.ts'
import { serveTab, type ServedTab } from './serve-tab.ts'
import type { TabPlatform } from './tab-platform.ts'

export interface TabServer {
  /** A tab of the same version would follow. */
  take: (session: string, isVisible: boolean) => void
  close: () => void
}

export interface TabServerDeps {
  platform: TabPlatform
  /** Begins like the databases of this person. */
  prefix: string
  leaderId: string
  handover: Handover
  opening: Promise<LocalEngine>
}

export function serveTabs(deps: TabServerDeps): TabServer {
  const { handover } = deps
  const tabs = new Map<string, ServedTab>()
  let isClosed = false

  // An engine that does not open serves nobody; whoever opens it hears why.
  const opening = deps.opening.then(
    (engine) => ({ engine, runner: createCommandRunner(engine) }),
    () => new Promise<never>(() => undefined),
  )

  /** What a tab kept and did not live to see answered, or even heard. */
  function carryOutKept(): void {
    void opening.then(({ runner }) => {
      for (const command of isClosed ? [] : handover.all()) {
        runner.carryOut(command).then(() => handover.drop(command.id), globalThis.reportError)
      }
    })
  }

  function lookAround(): void {
    const isWatched = [...tabs.values()].some(({ isVisible }) => isVisible())
    const looking = [...tabs.values()].flatMap((tab) => tab.looking())
    void opening.then(({ engine }) => {
      if (isClosed) return
      engine.setWatched(isWatched)
      engine.setLookingElsewhere(looking)
    })
  }

  carryOutKept()
  return {
    take(session, isVisible) {
      if (tabs.has(session) || isClosed) return
      const onGone = (): void => {
        tabs.delete(session)
        carryOutKept()
        lookAround()
      }
      const { platform, prefix, leaderId } = deps
      tabs.set(
        session,
        serveTab({
          platform,
          prefix,
          leaderId,
          session,
          isVisible,
          opening,
          onSight: lookAround,
          onGone,
        }),
      )
      lookAround()
    },
    close() {
      isClosed = true
      for (const tab of tabs.values()) tab.close()
      tabs.clear()
    },
  }
}
