/**
 * One engine for all tabs of a person in this browser: the tab that leads runs it, the others work
 * through that tab, and when it is gone another goes on from the shared copies. Two engines side
 * by side do no harm: that is so for a moment while the lead changes hands, while tabs of two
 * versions of the app are open, and where browsers offer no way to agree.
 */
import { randomId } from '../random-id.ts'
import type { Engine } from '../engine-interface.ts'
import { initialStatus } from '../engine-status.ts'
import { openEngine, type EngineOptions, type LocalEngine } from '../open-engine.ts'
import { createCommandRunner } from './carry-out.ts'
import { createHandover } from './handover.ts'
import { openRemoteEngine, type RemoteEngine } from './remote-engine.ts'
import { seekLeadership, type Leadership } from './seek-leadership.ts'
import { serveTabs, type TabServer } from './serve-tabs.ts'
import { createSwitchingEngine, type SwitchingEngine } from './switching-engine.ts'
import { commonMessageSchema, type CommonMessage } from './tab-messages.ts'
import { browserPlatform, type TabPlatform } from './tab-platform.ts'

export interface SharedEngineOptions extends EngineOptions {
  /** Doubles, for tests. */
  platform?: TabPlatform
  version?: string
}

/** This tab's own engine; it serves the others unless they are of another version. */
interface OwnEngine {
  opening: Promise<LocalEngine>
  server?: TabServer
}

/** The build names this file by its content: tabs that run the same code have the same address. */
const OWN_VERSION = import.meta.url

export async function openSharedEngine(options: SharedEngineOptions): Promise<Engine> {
  const { userId, now = Date.now, version = OWN_VERSION } = options
  const found = options.platform ?? browserPlatform()
  if (found === undefined) return openEngine(options)
  const platform = found
  const prefix = `connectnow-${userId}-`
  const tabId = randomId()
  const handover = createHandover({
    prefix,
    storage: platform.storage,
    now,
    onStorageFailure: options.onStorageFailure,
  })
  const first = Promise.withResolvers<SwitchingEngine>()
  let shared: SwitchingEngine | undefined
  /** While this tab works through another, and until its own engine has taken over. */
  let remote: RemoteEngine | undefined
  /** While this tab leads, or stands alone beside a leader of another version. */
  let own: OwnEngine | undefined
  let leadership: Leadership | undefined
  let isEnded = false
  let isClosed = false

  const common = platform.openChannel(`${prefix}tabs`, (data) => {
    const message = commonMessageSchema.safeParse(data).data
    if (message !== undefined && !isEnded) hear(message)
  })
  const say = (message: CommonMessage): void => (isClosed ? undefined : common.post(message))
  const sayLeading = (): void => say({ type: 'leading', version, leaderId: tabId })

  function show(engine: Engine): void {
    if (shared !== undefined) {
      shared.switchTo(engine)
      return
    }
    shared = createSwitchingEngine(engine)
    first.resolve(shared)
  }

  function follow(): void {
    const previous = remote
    remote = openRemoteEngine({
      userId,
      prefix,
      platform,
      handover,
      now,
      status: shared?.status.snapshot() ?? initialStatus,
      presence: shared?.presence.snapshot() ?? new Set(),
      sayHello: (session, isVisible) => say({ type: 'hello', version, session, isVisible }),
      onOver: () => (own === undefined ? follow() : undefined),
      onLeaderUnfit: () => leadership?.take(),
    })
    show(remote)
    void previous?.close()
  }

  function lead(opening = own?.opening ?? openEngine(options)): void {
    own = { opening, server: serveTabs({ platform, prefix, leaderId: tabId, handover, opening }) }
    void showOwn(own).then((engine) => (engine === undefined ? undefined : sayLeading()))
  }

  /** Goes on with this tab's own engine as soon as it is open, unless another leads by then. */
  async function showOwn(opened: OwnEngine): Promise<LocalEngine | undefined> {
    try {
      const engine = await opened.opening
      if (own !== opened || isEnded) return undefined
      show(engine)
      void remote?.close()
      remote = undefined
      return engine
    } catch (error) {
      if (own === opened) own = undefined
      leadership?.withdraw()
      first.reject(error)
      options.onStorageFailure(error)
      return undefined
    }
  }

  /** Closes an engine of this tab in order; tells whether it left something undelivered on disk. */
  async function leave({ opening, server }: OwnEngine): Promise<boolean> {
    server?.close()
    const engine = await opening
    const { pendingCount, refusedCount } = engine.status.snapshot()
    await engine.close()
    return pendingCount + refusedCount > 0
  }

  /** Another tab leads: this one works through it, and closes its own engine. */
  function giveWay(): void {
    const previous = own
    own = undefined
    follow()
    if (previous === undefined) return
    leave(previous).then(
      (isLeft) => (isLeft ? say({ type: 'left-behind' }) : undefined),
      options.onStorageFailure,
    )
  }

  function standAlone(): void {
    const alone: OwnEngine = { opening: openEngine(options) }
    own = alone
    void showOwn(alone).then((engine) => {
      if (engine === undefined) return
      const runner = createCommandRunner(engine)
      for (const command of handover.own()) {
        runner.carryOut(command).then(() => handover.drop(command.id), globalThis.reportError)
      }
    })
  }

  /** Reads anew what is on disk, since another tab's engine wrote there after this one had read. */
  function reopen(previous: OwnEngine): void {
    own = undefined
    follow()
    lead(leave(previous).then(() => openEngine(options)))
  }

  function hear(message: CommonMessage): void {
    switch (message.type) {
      case 'hello':
        if (own?.server === undefined) return
        if (message.version === version) own.server.take(message.session, message.isVisible)
        else sayLeading()
        break
      case 'leading':
        if (own?.server !== undefined) return
        if (message.version !== version) {
          if (own === undefined) standAlone()
        } else if (own !== undefined) giveWay()
        else if (remote?.leaderId() === undefined) remote?.greet()
        else if (remote.leaderId() !== message.leaderId) follow()
        break
      case 'left-behind':
        if (own?.server !== undefined) reopen(own)
        break
      case 'erased':
        void end()
        break
    }
  }

  async function end(): Promise<void> {
    if (isEnded) return
    isEnded = true
    void remote?.close()
    const isLeft = own !== undefined && (await leave(own))
    if (isLeft) say({ type: 'left-behind' })
    // Only now: whoever leads next finds all that was written.
    leadership?.withdraw()
    isClosed = true
    common.close()
  }

  try {
    leadership = await seekLeadership({
      locks: platform.locks,
      lockName: `${prefix}leader`,
      onLead: lead,
      onLost: giveWay,
    })
  } catch {
    // Locks are denied to this page: it has an engine of its own.
    common.close()
    return openEngine(options)
  }
  if (!leadership.isLeading()) follow()
  const engine = await first.promise
  return {
    ...engine,
    close: end,
    async erase() {
      await engine.erase()
      handover.erase()
      say({ type: 'erased' })
      await end()
    },
  }
}
